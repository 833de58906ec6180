export type { ChainHead, OpenHead, UnopenedHead } from './block.ts';
