import { presenceRef } from '../domain/repository-layout.ts';
import { isWarroomError } from '../domain/errors.ts';
import { advertise } from '../playbook/choose-strategy.ts';
import type { Presence } from '../schema/generated.ts';
import { formatJson } from '../schema/format-document.ts';
import { enginesOf } from './abilities.ts';
import type { ProcessorContext } from './context.ts';

/** Tells the war room that this processor is here, how often it looks and what it offers. */
export class PresenceAnnouncer {
  readonly #context: ProcessorContext;
  readonly #ref: string;
  readonly #startedAt: Date;
  #commit: string | undefined;
  #announcedMs: number | undefined;
  #said = '';

  constructor(context: ProcessorContext) {
    this.#context = context;
    const { cluster, holder } = context.settings;
    this.#ref = presenceRef(context.warRoom.refNamespace, cluster.name, holder);
    this.#startedAt = context.clock.now();
  }

  get ref(): string {
    return this.#ref;
  }

  /** Announces when the interval is over or when something changed; never fails the cycle. */
  async announce(state: { readonly running: number; readonly pause: Presence['paused'] }): Promise<void> {
    const { clock, settings, warRoom, pushBudget } = this.#context;
    const warnings = warningsOf(this.#context);
    const denied = this.#context.access?.found.map(({ checkedAt: _, ...access }) => access);
    const said = JSON.stringify([state.pause, state.running > 0, warnings, denied]);
    const sinceMs = this.#announcedMs === undefined ? Infinity : clock.monotonicMs() - this.#announcedMs;
    const isDue = sinceMs >= settings.announceSeconds * 1000;
    if (!isDue && said === this.#said) return;
    if (!isDue && !warRoom.isLocal && !pushBudget.tryTake()) return;
    try {
      await this.#write(state);
      this.#said = said;
      this.#announcedMs = clock.monotonicMs();
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      this.#context.emit({ type: 'warning', code: error.code, message: `presence not announced: ${error.message}` });
    }
  }

  /** Takes the announcement back, so that nobody waits for a processor that was stopped. */
  async withdraw(): Promise<void> {
    if (this.#commit === undefined) return;
    try {
      await this.#context.warRoom.deleteRefs([{ ref: this.#ref, expected: this.#commit }]);
    } catch (error) {
      if (!isWarroomError(error)) throw error;
    }
  }

  async #write(state: { readonly running: number; readonly pause: Presence['paused'] }): Promise<void> {
    const { settings, incarnation, identity, clock, versions, playbooks, createRedaction, warRoom, key } =
      this.#context;
    const { access, hosts } = this.#context;
    const presence: Presence = {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'Presence',
      cluster: settings.cluster.name,
      type: settings.cluster.type,
      identity: identity.identity,
      holder: settings.holder,
      incarnation,
      version: versions['claude-warroom'] ?? '',
      startedAt: this.#startedAt.toISOString(),
      seenAt: clock.now().toISOString(),
      pollSeconds: settings.polling.maxSeconds,
      announceSeconds: settings.announceSeconds,
      engines: [...enginesOf(this.#context)],
      trust: settings.trust,
      key: { publicKey: key.publicKey, fingerprint: key.fingerprint },
      strategies: [
        ...advertise(
          playbooks.map(({ playbook }) => playbook),
          settings.cluster.type,
        ),
      ],
      running: state.running,
      ...(hosts === undefined ? {} : { groups: hosts.groups() }),
      ...(access === undefined ? {} : { access: [...access.found] }),
      ...warningsOf(this.#context),
      ...(state.pause === undefined ? {} : { paused: state.pause }),
    };
    const redaction = await createRedaction();
    const file = { path: 'presence.json', content: await redaction.redact(formatJson('Presence', presence)) };
    let outcome = await warRoom.setRef({ ref: this.#ref, expected: this.#commit, file });
    if (outcome.kind === 'lost') {
      // An earlier start of this processor left its announcement.
      const snapshot = await warRoom.refresh({ refPrefixes: [`${this.#ref.slice(0, this.#ref.lastIndexOf('/'))}/`] });
      outcome = await warRoom.setRef({ ref: this.#ref, expected: snapshot.refs.get(this.#ref), file });
    }
    if (outcome.kind === 'set') this.#commit = outcome.commit;
  }
}

/** What administrators should look at. What the policy says stays in the zone. */
function warningsOf({
  policy,
  warnings,
  publishers,
}: Pick<ProcessorContext, 'policy' | 'warnings' | 'publishers'>): Pick<Presence, 'warnings'> {
  const message = 'policy.yaml in the zone is not valid; the last good one stays in force';
  const failing = (publishers?.states ?? []).flatMap(({ name, failure }) =>
    // How many wait changes often, and where the store is stays in the zone.
    failure === undefined
      ? []
      : [
          {
            code: `publisher-${name}`,
            message: `results do not reach the publisher ${name} (${failure.code}); Git has them`,
          },
        ],
  );
  const all = [...(policy?.isBroken === true ? [{ code: 'policy-invalid', message }] : []), ...failing, ...warnings];
  return all.length === 0 ? {} : { warnings: all };
}
