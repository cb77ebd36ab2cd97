import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type CompiledFlag, compileFlag } from '../../domain/assignment/compile-flag.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import type { Queries } from '../../platform/database/queries.js';
import { ConfigChanges } from '../../platform/live/config-changes.js';
import { Logger } from '../../platform/logging/logger.js';
import {
  type ServedExperiment,
  ServedExperimentsReader,
} from '../experiments/served-experiments.reader.js';

/** An experiment as clients meet it. */
export interface LiveFlag {
  experimentId: string;
  key: string;
  status: ExperimentState;
  experiment: ServedExperiment;
  forced: ReadonlyMap<string, string>;
  endedHoldouts: ReadonlySet<string>;
  compiled: CompiledFlag;
}

/** All that clients of one project may know. */
export interface ProjectFlags {
  projectId: string;
  /** Changes whenever any answer could: a digest of everything that is served. */
  version: string;
  /** When this version was first seen, by the process's own clock. */
  changedAt: Date;
  /** By key, in the order of keys. */
  flags: ReadonlyMap<string, LiveFlag>;
}

type Listener = (projectId: string) => void;

/** All that is served, as it is read and kept. */
interface Source {
  experiments: readonly ServedExperiment[];
  /** By experiment: pairs of unit and variant, ordered by unit. */
  forced: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  /** Keys by project, ordered. */
  endedHoldouts: Readonly<Record<string, readonly string[]>>;
}

/** A flag, and everything it was made of as text. */
interface Made {
  of: string;
  flag: LiveFlag | null;
}

/** What is served, held in memory: answering a client asks no database. */
@Injectable()
export class AssignmentConfigReader implements OnModuleInit {
  private projects: ReadonlyMap<string, ProjectFlags> = new Map();
  /** By experiment. Most of them are the same as before a change. */
  private made: ReadonlyMap<string, Made> = new Map();
  private readonly listeners = new Set<Listener>();

  constructor(
    private readonly changes: ConfigChanges,
    private readonly experiments: ServedExperimentsReader,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.changes.serve<Source>({
      name: 'assignment',
      read: (queries) => this.read(queries),
      apply: (source, at) => this.apply(source, at),
    });
  }

  /** The flags of a project; none for a project that has launched nothing. */
  flagsOf(projectId: string): ProjectFlags {
    return this.projects.get(projectId) ?? { ...NOTHING, projectId };
  }

  /** Calls the listener after every change of a project's flags; the answer stops that. */
  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * What was committed before the call is served after it.
   * @throws Error when the database cannot be read
   */
  async refresh(): Promise<void> {
    await this.changes.refreshNow();
  }

  private async read(queries: Queries): Promise<Source> {
    return {
      experiments: await this.experiments.read(queries),
      forced: await forcedUnits(queries),
      endedHoldouts: await endedHoldouts(queries),
    };
  }

  private apply(source: Source, at: Date): void {
    const before = this.projects;
    const made = new Map<string, Made>();
    const projects = new Map<string, Made[]>();
    for (const experiment of source.experiments) {
      const { projectId, id } = experiment;
      const one = this.makeOf(
        experiment,
        source.forced[id] ?? [],
        source.endedHoldouts[projectId] ?? [],
      );
      made.set(id, one);
      const others = projects.get(projectId) ?? [];
      others.push(one);
      projects.set(projectId, others);
    }
    this.made = made;
    this.projects = new Map(
      [...projects].map(([projectId, all]) => [projectId, this.versioned(projectId, all, at)]),
    );
    for (const projectId of new Set([...before.keys(), ...this.projects.keys()])) {
      if (before.get(projectId)?.version === this.projects.get(projectId)?.version) continue;
      for (const listener of this.listeners) this.tell(listener, projectId);
    }
  }

  /** The flag, made anew only if something of it has changed. One that cannot be made is left out. */
  private makeOf(
    experiment: ServedExperiment,
    forced: readonly (readonly [string, string])[],
    ended: readonly string[],
  ): Made {
    const { id, status, planDigest, plan, decision } = experiment;
    const of = JSON.stringify([id, status, planDigest, plan.version, decision, forced, ended]);
    const known = this.made.get(id);
    if (known?.of === of) return known;
    try {
      const kept = { forced: new Map(forced), endedHoldouts: new Set(ended) };
      const compiled = compileFlag({ ...experiment, ...kept });
      if (compiled === null) return { of, flag: null };
      const flag = { experimentId: id, key: experiment.key, status, experiment, compiled, ...kept };
      return { of, flag };
    } catch (error) {
      this.tellUnserved(id, error);
      return { of, flag: null };
    }
  }

  private tellUnserved(experimentId: string, error: unknown): void {
    this.logger.failure('an experiment cannot be served', error, { experimentId });
  }

  private versioned(projectId: string, all: readonly Made[], at: Date): ProjectFlags {
    const served = all.flatMap(({ of, flag }) => (flag === null ? [] : [{ of, flag }]));
    const version = versionOf(served.map(({ of }) => of));
    const known = this.projects.get(projectId);
    if (known?.version === version) return known;
    const flags = new Map(served.map(({ flag }) => [flag.key, flag]));
    return { projectId, version, changedAt: at, flags };
  }

  /** Who listens must not keep the others from hearing it. */
  private tell(listener: Listener, projectId: string): void {
    try {
      listener(projectId);
    } catch (error) {
      this.logger.failure('a listener to changes of flags', error, { projectId });
    }
  }
}

const NOTHING = { version: versionOf([]), changedAt: new Date(0), flags: new Map() };

function versionOf(served: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(served)).digest('base64url');
}

async function forcedUnits(queries: Queries): Promise<Source['forced']> {
  const rows = await queries.query<{ experiment_id: string; unit_id: string; variant: string }[]>(
    `SELECT forced_variant.experiment_id, forced_variant.unit_id, forced_variant.variant
     FROM forced_variant ORDER BY forced_variant.experiment_id, forced_variant.unit_id`,
  );
  const found: Record<string, [string, string][]> = {};
  for (const { experiment_id, unit_id, variant } of rows) {
    (found[experiment_id] ??= []).push([unit_id, variant]);
  }
  return found;
}

async function endedHoldouts(queries: Queries): Promise<Source['endedHoldouts']> {
  const rows = await queries.query<{ project_id: string; key: string }[]>(
    `SELECT holdout.project_id, holdout.key FROM holdout WHERE holdout.ended_at IS NOT NULL
     ORDER BY holdout.project_id, holdout.key`,
  );
  const found: Record<string, string[]> = {};
  for (const { project_id, key } of rows) (found[project_id] ??= []).push(key);
  return found;
}
