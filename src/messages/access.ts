import { type PageInput, type PageRequest, pageRequests } from './contract.ts';
import type { Access } from './message.ts';

/** Whether a message with this input is handled while the purse is locked. */
export function isHandledLocked<R extends PageRequest>(request: R, input: PageInput<R>): boolean {
  const access: Access<PageInput<R>> = pageRequests[request].access as Access<PageInput<R>>;
  return typeof access === 'string' ? access === 'always' : access.lessens(input);
}
