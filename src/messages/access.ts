import { type PageInput, type PageRequest, pageRequests } from './contract.ts';
import type { Access } from './message.ts';

/** Whether a message with this input is handled while the purse is locked. */
export function isAnsweredLocked<Q extends PageRequest>(request: Q, input: PageInput<Q>): boolean {
  const access: Access<PageInput<Q>> = pageRequests[request].access as Access<PageInput<Q>>;
  return typeof access === 'string' ? access === 'always' : access.lessens(input);
}
