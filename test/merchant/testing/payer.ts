import { randomBytes } from 'node:crypto';
import { readAddress, toAddress } from '../../devnet/address.ts';
import { type BlockJson, blockToJson, hashBlock, type UnsignedBlock, workRoot } from '../../devnet/block.ts';
import { accountOf, blake2b256, privateKeyAt, sign } from '../../devnet/crypto.ts';
import type { Devnet } from '../../devnet/devnet.ts';
import { fromHex, type Hash, type Hex32, ZERO } from '../../devnet/hex.ts';
import { findWork } from '../../devnet/work.ts';
import { nomsDigest } from '../noms.ts';

/** Somebody with money and no purse: pays what it is told to, and signs what it is told to. */
export interface Payer {
  readonly address: string;
  /** Sends raw and waits for the confirmation; gives the hash as the node spells it. */
  pay(to: string, raw: bigint): Promise<Hash>;
  /** Sends raw and waits for nothing. */
  send(to: string, raw: bigint): Promise<Hash>;
  /** Receives a send that went to this account, and waits for the confirmation. */
  receive(sendHash: string): Promise<Hash>;
  /** Ed25519-Blake2b over Blake2b-256 of the text. */
  sign(text: string): string;
  /** The same over the text as an off-chain message (ORIS-001); lower case, as Track B wants it. */
  signOffChain(text: string): string;
  /** A send on the head of the chain, signed and not published. Fields may be overridden before it is signed. */
  signSend(to: string, raw: bigint, fields?: Partial<UnsignedBlock>): Promise<SignedSend>;
  /** Publishes a block that was signed, and waits for its confirmation. */
  publish(signed: SignedSend): Promise<Hash>;
}

/** A signed block that is nowhere yet. */
export interface SignedSend {
  readonly hash: Hash;
  readonly block: BlockJson;
}

/** A payer with an opened account that holds this much: the first account of a seed, by default of a random one. */
export async function fundedPayer(
  devnet: Devnet,
  raw: bigint,
  seed = randomBytes(32).toString('hex'),
): Promise<Payer> {
  const privateKey = privateKeyAt(seed, 0);
  const account = accountOf(privateKey);
  const address = toAddress(account);
  const payer = { address, pay, send, receive, sign: signText, signOffChain, signSend, publish };
  await receive(await devnet.faucet(address, raw));
  return payer;

  async function pay(to: string, amount: bigint): Promise<Hash> {
    const hash = await send(to, amount);
    await devnet.confirmed(hash);
    return hash;
  }

  function send(to: string, amount: bigint): Promise<Hash> {
    const destination = readAddress(to);
    if (destination === undefined) throw new RangeError(`not an address: ${to}`);
    return append('send', destination, (balance) => balance - amount);
  }

  async function receive(sendHash: string): Promise<Hash> {
    await devnet.confirmed(sendHash);
    const source = devnet.ledger.find(sendHash);
    const hash = await append('receive', source.hash, (balance) => balance + source.amount);
    await devnet.confirmed(hash);
    return hash;
  }

  async function append(subtype: 'send' | 'receive', link: Hex32, next: (balance: bigint) => bigint) {
    return process(await write(subtype, { balance: next(balance()), link }));
  }

  async function publish(signed: SignedSend): Promise<Hash> {
    await devnet.confirmed(await process(signed));
    return signed.hash;
  }

  async function process({ hash, block }: SignedSend): Promise<Hash> {
    const response = await fetch(devnet.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block }),
    });
    const answer: unknown = await response.json();
    if (JSON.stringify(answer) !== JSON.stringify({ hash })) throw new Error(JSON.stringify(answer));
    return hash;
  }

  function signSend(to: string, amount: bigint, fields: Partial<UnsignedBlock> = {}): Promise<SignedSend> {
    const link = readAddress(to);
    if (link === undefined) throw new RangeError(`not an address: ${to}`);
    return write('send', { balance: balance() - amount, link, ...fields });
  }

  async function write(
    subtype: 'send' | 'receive',
    fields: Pick<UnsignedBlock, 'balance' | 'link'> & Partial<UnsignedBlock>,
  ): Promise<SignedSend> {
    const previous = devnet.ledger.head(account)?.hash ?? ZERO;
    const unsigned = { account, previous, representative: account, ...fields };
    const hash = hashBlock(unsigned);
    const signature = sign(fromHex(hash), privateKey);
    const work = await findWork(workRoot(unsigned), devnet.ledger.thresholds[subtype]);
    return { hash, block: blockToJson({ ...unsigned, signature, work }) };
  }

  function balance(): bigint {
    return devnet.ledger.head(account)?.block.balance ?? 0n;
  }

  function signText(text: string): string {
    return sign(fromHex(blake2b256(new TextEncoder().encode(text))), privateKey);
  }

  function signOffChain(text: string): string {
    return sign(fromHex(nomsDigest(text)), privateKey).toLowerCase();
  }
}
