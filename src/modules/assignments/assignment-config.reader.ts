import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { type CompiledFlag, compileFlag } from '../../domain/assignment/compile-flag.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';

/** An experiment as clients meet it. */
export interface LiveFlag {
  experimentId: string;
  key: string;
  status: ExperimentState;
  experiment: LaunchedExperiment;
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

/** What is served, held in memory: answering a client asks no database. */
@Injectable()
export class AssignmentConfigReader implements OnApplicationBootstrap {
  private projects: ReadonlyMap<string, ProjectFlags> = new Map();
  private readonly listeners = new Set<Listener>();

  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
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

  /** Reads everything anew and tells who listens what changed. */
  async refresh(): Promise<void> {
    const before = this.projects;
    this.projects = await this.transactions.run(
      async (manager) => await this.read(manager),
      'REPEATABLE READ',
    );
    for (const projectId of new Set([...before.keys(), ...this.projects.keys()])) {
      if (before.get(projectId)?.version === this.projects.get(projectId)?.version) continue;
      for (const listener of this.listeners) listener(projectId);
    }
  }

  private async read(manager: EntityManager): Promise<Map<string, ProjectFlags>> {
    const experiments = await this.experiments.allServed(manager);
    const forced = await forcedUnits(manager);
    const ended = await endedHoldouts(manager);
    const projects = new Map<string, LiveFlag[]>();
    for (const experiment of experiments) {
      const { projectId, id, key, status } = experiment;
      const kept = {
        forced: forced.get(id) ?? new Map<string, string>(),
        endedHoldouts: ended.get(projectId) ?? new Set<string>(),
      };
      const compiled = compileFlag({ ...experiment, ...kept });
      if (compiled === null) continue;
      const flags = projects.get(projectId) ?? [];
      flags.push({ experimentId: id, key, status, experiment, compiled, ...kept });
      projects.set(projectId, flags);
    }
    return new Map(
      [...projects].map(([projectId, flags]) => [projectId, this.versioned(projectId, flags)]),
    );
  }

  private versioned(projectId: string, flags: readonly LiveFlag[]): ProjectFlags {
    const version = versionOf(flags);
    const known = this.projects.get(projectId);
    if (known?.version === version) return known;
    return {
      projectId,
      version,
      changedAt: new Date(),
      flags: new Map(flags.map((flag) => [flag.key, flag])),
    };
  }
}

const NOTHING = { version: versionOf([]), changedAt: new Date(0), flags: new Map() };

function versionOf(flags: readonly LiveFlag[]): string {
  const served = flags.map(({ experiment, forced, endedHoldouts }) => [
    experiment.id,
    experiment.status,
    experiment.planDigest,
    experiment.decision?.id ?? null,
    [...forced],
    [...endedHoldouts],
  ]);
  return createHash('sha256').update(JSON.stringify(served)).digest('base64url');
}

async function forcedUnits(manager: EntityManager): Promise<Map<string, Map<string, string>>> {
  const rows = (await manager.query(
    `SELECT forced_variant.experiment_id, forced_variant.unit_id, forced_variant.variant
     FROM forced_variant ORDER BY forced_variant.experiment_id, forced_variant.unit_id`,
  )) as { experiment_id: string; unit_id: string; variant: string }[];
  const found = new Map<string, Map<string, string>>();
  for (const { experiment_id, unit_id, variant } of rows) {
    const units = found.get(experiment_id) ?? new Map<string, string>();
    units.set(unit_id, variant);
    found.set(experiment_id, units);
  }
  return found;
}

async function endedHoldouts(manager: EntityManager): Promise<Map<string, Set<string>>> {
  const rows = (await manager.query(
    `SELECT holdout.project_id, holdout.key FROM holdout WHERE holdout.ended_at IS NOT NULL
     ORDER BY holdout.project_id, holdout.key`,
  )) as { project_id: string; key: string }[];
  const found = new Map<string, Set<string>>();
  for (const { project_id, key } of rows) {
    found.set(project_id, (found.get(project_id) ?? new Set<string>()).add(key));
  }
  return found;
}
