import type { Sentence } from '../../../fault.ts';
import type { PageInput } from '../../../messages/contract.ts';
import type { NetworkView } from '../../../messages/network.ts';
import { readAddress } from '../../../nano/account.ts';
import { mistakesInUrls } from './url-lines.ts';

/** The text of the fields of a network profile. */
export interface NetworkDraft {
  readonly id: string;
  readonly label: string;
  readonly rpcUrls: string;
  /** One URL a line, the preferred one first, as in `rpcUrls`. */
  readonly wsUrl: string;
  readonly send: string;
  readonly receive: string;
  readonly representative: string;
  readonly explorerUrl: string;
  readonly testMoney: boolean;
}

/** The fields that are text. */
export type NetworkField = Exclude<keyof NetworkDraft, 'testMoney'>;

/** What is wrong with each field; only with those that are wrong. */
export type NetworkMistakes = Partial<Readonly<Record<NetworkField, readonly Sentence[]>>>;

/** The draft of a new profile. */
export const EMPTY_DRAFT: NetworkDraft = {
  id: '',
  label: '',
  rpcUrls: '',
  wsUrl: '',
  send: 'fffffff800000000',
  receive: 'fffffe0000000000',
  representative: '',
  explorerUrl: '',
  testMoney: true,
};

/** The draft of an existing profile. */
export function draftOf(network: NetworkView): NetworkDraft {
  return {
    id: network.id,
    label: network.label,
    rpcUrls: network.rpcUrls.join('\n'),
    wsUrl: [network.wsUrl ?? '', ...(network.otherWsUrls ?? [])].join('\n'),
    send: network.thresholds.send,
    receive: network.thresholds.receive,
    representative: network.representative,
    explorerUrl: network.explorerUrl ?? '',
    testMoney: network.testMoney,
  };
}

/** What keeps a draft from being a profile, field by field. The background checks it again. */
export function mistakesIn(draft: NetworkDraft): NetworkMistakes {
  const wrong = (isRight: boolean, key: Sentence['key']) => (isRight ? [] : [{ key, args: [] }]);
  const isThreshold = (text: string) => /^[0-9a-f]{16}$/i.test(text.trim());
  const all: Readonly<Record<NetworkField, readonly Sentence[]>> = {
    label: wrong(draft.label.trim() !== '', 'network_label'),
    id: wrong(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/.test(draft.id.trim()), 'network_id'),
    rpcUrls: mistakesInUrls(draft.rpcUrls, 'node'),
    wsUrl: mistakesInUrls(draft.wsUrl, 'socket'),
    send: wrong(isThreshold(draft.send), 'network_threshold'),
    receive: wrong(isThreshold(draft.receive), 'network_threshold'),
    representative: wrong(readAddress(draft.representative.trim()) !== undefined, 'network_representative'),
    explorerUrl: mistakesInUrls(draft.explorerUrl, 'explorer'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, mistakes]) => mistakes.length > 0));
}

/** The profile that a draft without mistakes describes. */
export function profileOf(draft: NetworkDraft): PageInput<'network.save'>['profile'] {
  const [wsUrl = null, ...otherWsUrls] = linesOf(draft.wsUrl);
  return {
    id: draft.id.trim(),
    label: draft.label.trim(),
    rpcUrls: linesOf(draft.rpcUrls),
    wsUrl,
    ...(otherWsUrls.length > 0 && { otherWsUrls }),
    thresholds: { send: draft.send.trim(), receive: draft.receive.trim() },
    testMoney: draft.testMoney,
    representative: draft.representative.trim(),
    explorerUrl: orNull(draft.explorerUrl),
  };
}

/** The lines that are not empty. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function orNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}
