import type { SeedView } from '../../messages/purse.ts';
import type { Copies } from '../../vault/seed-copies.ts';

/** What the lock screen shows of the sealed seed. */
export function seedView(copies: Copies): SeedView {
  switch (copies.kind) {
    case 'lost':
      return { kind: 'lost', account: copies.copy.account };
    case 'differ':
      return { kind: 'differ', first: copies.first.account, second: copies.second.account };
    case 'kept':
    case 'none':
    case 'unreadable':
      return { kind: 'kept' };
  }
}
