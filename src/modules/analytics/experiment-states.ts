import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FrozenCaps } from '../../domain/evaluation/history.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { addAllMoments, buildState, type Progress } from './build-state.js';
import { carriedSlots, carryState } from './carry-state.js';
import type { LogView } from './log-view.js';
import { keptTables, type Pass, type StateTables } from './pass.js';
import { refreshState, reversedAt } from './refresh-state.js';
import { snapshotFrom } from './snapshot.js';
import { storedLayout, type StoredLayout } from './state-layout.js';

const TABLES_OF_A_STATE = [
  'evaluation_unit',
  'evaluation_occurrence',
  'evaluation_excess',
  'evaluation_moment',
];

/** What of the log is in the accumulators of an experiment. */
export interface StateRow {
  number: number;
  generation: number;
  snapshot: string;
  asOf: Date;
  enrolmentEndedAt: Date | null;
  layout: StoredLayout;
  caps: FrozenCaps;
  isWide: boolean;
  /** Entries that were counted. */
  rows: number;
}

export interface Subject {
  projectId: string;
  experimentId: string;
}

/** A state as a reading finds it, brought up to the reading's instant. */
export interface CurrentState {
  tables: StateTables;
  /** Limits that the stored moments were cut at. */
  caps: FrozenCaps;
}

/** The accumulators of experiments: kept, brought up to date, and built anew where they must be. */
@Injectable()
export class ExperimentStates {
  /**
   * The state as of the pass; its transaction runs alone for the experiment. Null when the state is
   * already past the instant: time runs forward in it.
   */
  async current(
    manager: EntityManager,
    subject: Subject,
    pass: Pass,
    view: LogView,
  ): Promise<CurrentState | null> {
    const known = await this.find(manager, subject);
    const wanted = storedLayout(pass.layout, pass.plan, pass.dimensions);
    if (known === null || known.generation !== view.generation) {
      return await this.rebuild(manager, subject, pass, view);
    }
    if (known.asOf > pass.asOf) return null;
    const isWide = known.isWide || pass.isWide;
    const tables = keptTables(known.number);
    const before = {
      snapshot: snapshotFrom(known.snapshot),
      asOf: known.asOf,
      enrolmentEndedAt: known.enrolmentEndedAt,
    };
    if (canonicalJson(known.layout) !== canonicalJson(wanted)) {
      const carried = carriedSlots(known.layout, wanted);
      if (carried === null) return await this.rebuild(manager, subject, pass, view);
      const reversed = await reversedAt(manager, pass, before);
      const then = { ...pass, caps: known.caps, isWide };
      await carryState(manager, then, { ...before, reversed }, known.layout, carried, tables);
      await manager.query('UPDATE evaluation_state SET layout = $2 WHERE number = $1', [
        known.number,
        JSON.stringify(wanted),
      ]);
    }
    const refreshed = await refreshState(
      manager,
      { ...pass, caps: known.caps, isWide },
      { ...before, rows: known.rows },
      tables,
    );
    if (refreshed === 'rebuild') return await this.rebuild(manager, subject, pass, view);
    await manager.query(
      `UPDATE evaluation_state SET snapshot = $2, as_of = $3, enrolment_ended_at = $4, rows = $5,
         is_wide = $6, refreshed_at = clock_timestamp()
       WHERE evaluation_state.number = $1`,
      [
        known.number,
        view.current.text,
        pass.asOf,
        pass.enrolmentEndedAt,
        known.rows + refreshed.rows,
        isWide,
      ],
    );
    const frozen = await this.freeze(manager, tables, pass, known.caps);
    return { tables, caps: frozen };
  }

  /** Discards the state of an experiment and builds it from the log. */
  async rebuild(
    manager: EntityManager,
    { projectId, experimentId }: Subject,
    pass: Pass,
    view: LogView,
    progress?: Progress,
  ): Promise<CurrentState> {
    await this.discard(manager, { projectId, experimentId });
    const [created] = (await manager.query(
      `INSERT INTO evaluation_state (project_id, experiment_id, generation, snapshot, as_of,
         enrolment_ended_at, layout, caps, is_wide, rows, built_at, refreshed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, clock_timestamp(), clock_timestamp())
       RETURNING evaluation_state.number`,
      [
        projectId,
        experimentId,
        view.generation,
        view.current.text,
        pass.asOf,
        pass.enrolmentEndedAt,
        JSON.stringify(storedLayout(pass.layout, pass.plan, pass.dimensions)),
        JSON.stringify(pass.caps),
        pass.isWide,
      ],
    )) as { number: number }[];
    if (created === undefined) throw new Error('a state has a number');
    const tables = keptTables(created.number);
    const rows = await buildState(manager, pass, tables, progress);
    await manager.query('UPDATE evaluation_state SET rows = $2 WHERE number = $1', [
      created.number,
      rows,
    ]);
    return { tables, caps: pass.caps };
  }

  async find(
    manager: EntityManager,
    { projectId, experimentId }: Subject,
  ): Promise<StateRow | null> {
    const [row] = (await manager.query(
      `SELECT state.number, state.generation, state.snapshot, state.as_of AS "asOf",
         state.enrolment_ended_at AS "enrolmentEndedAt", state.layout, state.caps,
         state.is_wide AS "isWide", state.rows::float8 AS rows
       FROM evaluation_state AS state
       WHERE state.project_id = $1 AND state.experiment_id = $2`,
      [projectId, experimentId],
    )) as StateRow[];
    return row ?? null;
  }

  /** Limits that have been frozen since the moments were summed: they are summed again. */
  private async freeze(
    manager: EntityManager,
    tables: StateTables,
    pass: Pass,
    caps: FrozenCaps,
  ): Promise<FrozenCaps> {
    if (canonicalJson(caps) === canonicalJson(pass.caps)) return caps;
    await manager.query(`DELETE FROM ${tables.moments} WHERE state = $1`, [tables.number]);
    await addAllMoments(manager, pass, tables);
    await manager.query('UPDATE evaluation_state SET caps = $2 WHERE number = $1', [
      tables.number,
      JSON.stringify(pass.caps),
    ]);
    return pass.caps;
  }

  private async discard(
    manager: EntityManager,
    { projectId, experimentId }: Subject,
  ): Promise<void> {
    const gone = (await manager.query(
      `DELETE FROM evaluation_state WHERE project_id = $1 AND experiment_id = $2
       RETURNING evaluation_state.number`,
      [projectId, experimentId],
    )) as [{ number: number }[], number];
    for (const { number } of gone[0]) {
      for (const table of TABLES_OF_A_STATE) {
        await manager.query(`DELETE FROM ${table} WHERE state = $1`, [number]);
      }
    }
  }
}
