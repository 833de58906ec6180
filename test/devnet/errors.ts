/** Why the ledger refuses a block, in the node's own words. */
export type ProcessError =
  | 'Gap previous block'
  | 'Gap source block'
  | 'Old block'
  | 'Bad signature'
  | 'Unreceivable'
  | 'Fork'
  | 'Balance and amount delta do not match'
  | 'Block attempts to open the burn account'
  | 'Block work is insufficient';

/** Every sentence with which an action may be refused, in the node's own words (docs/WIRE.md §6). */
export type NodeErrorText =
  | ProcessError
  | 'Account not found'
  | 'Bad account number'
  | 'Bad difficulty'
  | 'Bad hash number'
  | 'Bad threshold number'
  | 'Bad work'
  | 'Block is invalid'
  | 'Block not found'
  | 'Block work is less than threshold'
  | 'Can only POST requests'
  | 'Cancelled'
  | 'Difficulty above config limit or below publish threshold'
  | 'Empty response'
  | 'Invalid block balance for given subtype'
  | 'Invalid block hash'
  | 'Invalid block subtype'
  | 'Invalid count'
  | 'Invalid epoch link'
  | 'Invalid offset'
  | 'Invalid previous block for given subtype'
  | 'Local work generation is disabled'
  | 'Unable to parse JSON'
  | 'Unknown command';

/** A request to the devnet itself that cannot be done; the message says why. */
export class DevnetError extends Error {
  override readonly name = 'DevnetError';
}

/** An action the node refuses: it becomes `{"error": text}` with HTTP status 200. */
export class NodeError extends Error {
  override readonly name = 'NodeError';

  constructor(text: NodeErrorText) {
    super(text);
  }
}
