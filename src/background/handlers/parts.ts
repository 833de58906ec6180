import type { Exchanges } from '../../exchanges/exchanges.ts';
import type { Interception } from '../../interception/interception.ts';
import type { ApprovalQueue } from '../../payments/approval-queue.ts';
import type { ChallengeHandler } from '../../payments/challenge-handler.ts';
import type { Delivery } from '../../payments/delivery.ts';
import type { Recall } from '../../payments/recall.ts';
import type { Reopening } from '../../payments/reopening.ts';
import type { TestSpending } from '../../payments/test-spending.ts';
import type { StoredBudgets } from '../../storage/budgets.ts';
import type { StoredChains } from '../../storage/chains.ts';
import type { StoredJournal } from '../../storage/journal.ts';
import type { StoredLog } from '../../storage/log.ts';
import type { Database } from '../../storage/schema.ts';
import type { StoredSettings } from '../../storage/settings.ts';
import type { Vault } from '../../vault/vault.ts';
import type { AbandonedRequests } from '../abandoned-requests.ts';
import type { EarlyPage } from '../early-page.ts';
import type { LinkQuestions } from '../link-questions.ts';
import type { Maintenance } from '../maintenance.ts';
import type { OpenWallets } from '../open-wallets.ts';
import type { PayerContexts } from '../payer-contexts.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SendDraft } from '../send-draft.ts';
import type { ToolbarButton } from '../toolbar-button.ts';
import type { Work } from '../work.ts';

/** The parts of the background that the handlers use. Each group of handlers takes those that it needs. */
export interface HandlerParts {
  readonly vault: Vault;
  readonly openWallets: OpenWallets;
  readonly settings: StoredSettings;
  readonly budgets: StoredBudgets;
  readonly journal: StoredJournal;
  readonly log: StoredLog;
  readonly work: Work;
  readonly database: Database;
  readonly approvals: ApprovalQueue;
  readonly challengeHandler: Pick<ChallengeHandler, 'cancel' | 'underway'>;
  readonly delivery: Delivery;
  readonly reopening: Reopening;
  readonly recall: Recall;
  readonly testSpending: TestSpending;
  readonly chains: StoredChains;
  readonly exchanges: Exchanges;
  readonly sandbox: Sandbox;
  readonly payers: PayerContexts;
  readonly interception: Pick<Interception, 'waits' | 'awaitingReload' | 'expectReload'>;
  readonly sendDraft: SendDraft;
  readonly button: ToolbarButton;
  readonly earlyPage: EarlyPage;
  readonly links: LinkQuestions;
  readonly abandoned: AbandonedRequests;
  readonly maintenance: Maintenance;
  /** Tells open pages that what they show may have changed. */
  readonly notifyPages: () => void;
  readonly now: () => number;
}
