import type { PayableMethod } from '../challenge.ts';
import { headersOf, type Proof, proofHeaders } from '../headers.ts';
import { NO_TAB } from '../observed-request.ts';
import type { Disarm, ProofCarrier, Target } from '../proof-target.ts';

/** The longest URL that gets a rule (characters). A 402 of a longer URL is not paid: no rule could deliver its proof. */
export const LONGEST_URL = 8192;

/** The session rules of `CacheBypass` have ids from here on, those of proofs count from 1. */
export const FIRST_BYPASS_ID = 1_000_000_000;

const methods = {
  GET: 'get',
  HEAD: 'head',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
} as const satisfies Readonly<Record<PayableMethod, string>>;

/** Whether a rule can name this request and no other: the rule language lumps all unusual methods together. */
export function canName(url: string, method: string): boolean {
  return url.length <= LONGEST_URL && isMethod(method);
}

function isMethod(method: string): method is PayableMethod {
  return Object.hasOwn(methods, method);
}

/** A regular expression (RE2) that matches exactly `url`: with a fragment that ends in this nonce, or with any or none. */
export function exactly(url: string, nonce?: string): string {
  const fragment = nonce === undefined ? '(#.*)?' : `#(.*#)?${nonce}`;
  return `^${url.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${fragment}$`;
}

/**
 * The rule that puts the proof on the target's request. Its headers go on below CORS: no preflight, and scripts of the page
 * never see them. `Cache-Control: no-cache` takes the request to the server even where the 402 was cacheable.
 *
 * @throws RangeError for a target that `canName` refuses.
 */
export function proofRule(id: number, target: Target, proof: Proof): chrome.declarativeNetRequest.Rule {
  return {
    id,
    priority: 1000,
    action: {
      type: 'modifyHeaders',
      requestHeaders: [
        ...Object.entries(headersOf(proof)).map(
          ([header, value]) => ({ header, operation: 'set', value }) as const,
        ),
        { header: 'Cache-Control', operation: 'set', value: 'no-cache' },
      ],
    },
    condition: conditionOf(target),
  };
}

/**
 * The rule that answers the target's request with a `data:` URL. Its server is not asked.
 *
 * @throws RangeError for a target that `canName` refuses.
 */
export function answerRule(id: number, target: Target, data: string): chrome.declarativeNetRequest.Rule {
  return {
    id,
    priority: 1000,
    action: { type: 'redirect', redirect: { url: data } },
    condition: conditionOf(target),
  };
}

function conditionOf(target: Target): chrome.declarativeNetRequest.RuleCondition {
  const { url, method, nonce, kind, tabId, initiators } = target;
  if (!canName(url, method) || !isMethod(method)) throw new RangeError('No rule can name this request');
  return {
    regexFilter: exactly(url, nonce),
    isUrlFilterCaseSensitive: true,
    resourceTypes: [kind],
    requestMethods: [methods[method]],
    tabIds: target.fromServiceWorker === true ? [tabId, NO_TAB] : [tabId],
    ...(initiators !== null && { initiatorDomains: [...initiators] }),
  };
}

/** The rules that are armed now. Session rules outlive the worker, so a new life starts by removing the old ones. */
export class ProofRules implements ProofCarrier {
  #last: Promise<number>;

  constructor() {
    this.#last = removeOrphans();
  }

  /** Arms a rule; resolved once requests carry the proof. Gives the way to disarm it, which may be gone twice. */
  arm(target: Target, proof: Proof): Promise<Disarm> {
    return this.#add((id) => proofRule(id, target, proof));
  }

  /** Arms the rule that answers the target's request with a `data:` URL; as `arm`. */
  answer(target: Target, data: string): Promise<Disarm> {
    return this.#add((id) => answerRule(id, target, data));
  }

  async #add(make: (id: number) => chrome.declarativeNetRequest.Rule): Promise<Disarm> {
    const next = this.#last.then((last) => last + 1);
    this.#last = next;
    const id = await next;
    const rule = make(id);
    await chrome.declarativeNetRequest.updateSessionRules({ addRules: [rule] });
    let disarmed: Promise<void> | undefined;
    return () => {
      disarmed ??= chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [id] });
      return disarmed;
    };
  }
}

const ofProofs: ReadonlySet<string> = new Set(proofHeaders.map((name) => name.toLowerCase()));

async function removeOrphans(): Promise<number> {
  const rules = await chrome.declarativeNetRequest.getSessionRules();
  const orphans = rules.filter(
    ({ action: { redirect, requestHeaders } }) =>
      redirect !== undefined || requestHeaders?.some(({ header }) => ofProofs.has(header.toLowerCase())),
  );
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: orphans.map(({ id }) => id) });
  return Math.max(0, ...rules.map(({ id }) => id).filter((id) => id < FIRST_BYPASS_ID));
}
