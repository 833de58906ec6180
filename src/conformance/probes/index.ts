import type { Probe } from '../probe.ts';
import { exactly } from './amounts.ts';
import { caching, keptRefusals } from './caches.ts';
import { lostReply, pending, settled } from './delivery.ts';
import { otherAsset, requirements, structure, unopened, version, weakWork } from './facilitator.ts';
import { identifier } from './identifier.ts';
import { hostile, unknownBlock, unknownOffer, unreadable } from './malformed.ts';
import { consistency, demand, entropy, freshness, resource } from './offers.ts';
import { race, replay, resale, spelling, theft } from './replays.ts';
import { otherNonce, otherSigner, otherUrl, unsigned } from './signatures.ts';
import { decrement, destination, failedHandler, frontier, signature, twins } from './signed-blocks.ts';
import { believed, chosenPayee, network, selfMade } from './spoofing.ts';
import { expiry, unconfirmed } from './time.ts';

/** Every probe there is, T1 to T43 (docs/WIRE.md §5). */
export const PROBES: readonly Probe[] = [
  demand,
  freshness,
  consistency,
  entropy,
  unreadable,
  unknownOffer,
  unknownBlock,
  selfMade,
  believed,
  expiry,
  network,
  otherNonce,
  unsigned,
  chosenPayee,
  decrement,
  destination,
  signature,
  frontier,
  replay,
  resale,
  spelling,
  theft,
  unconfirmed,
  exactly,
  otherUrl,
  otherSigner,
  race,
  twins,
  failedHandler,
  caching,
  resource,
  identifier,
  hostile,
  keptRefusals,
  pending,
  settled,
  lostReply,
  version,
  requirements,
  otherAsset,
  structure,
  unopened,
  weakWork,
];
