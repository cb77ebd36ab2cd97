import { Injectable } from '@nestjs/common';
import { DomainError, Invalid, NotFound } from '../../../domain/errors.js';
import {
  isTable,
  type ManifestSession,
  readManifest,
} from '../../../domain/evidence/import/manifest.js';
import {
  readSurvey,
  type SurveyReading,
} from '../../../domain/evidence/transcripts/read-survey.js';
import type { ParsedTranscript } from '../../../domain/evidence/transcripts/transcript.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { decodeText } from '../../../platform/files/decode-text.js';
import { readCsv } from '../../../platform/files/read-csv.js';
import { readZip, type ZipEntry } from '../../../platform/files/read-zip.js';
import type { Actor } from '../../../platform/security/principal.js';
import { readTranscriptFile } from '../interviews/read-transcript-file.js';
import { StudyEntity } from '../studies/study.entity.js';
import { fileProblem } from './file-problem.js';
import type { ImportedFileDto, StudyImportDto } from './import.dto.js';
import { ImportReport } from './import-report.js';
import { SessionWriter } from './session-writer.js';

const MANIFEST = 'manifest.csv';
/** A request is answered in time; what is left is done when the same file is sent again. */
export const WORK_MS_MAX = 15_000;
/** The column of a table of answers that says whose row it is. */
const PERSON_COLUMN = 'person';

/** A whole study as one zip: a manifest, and the transcripts as they were exported. */
@Injectable()
export class StudyImportsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SessionWriter,
  ) {}

  /**
   * Takes in every file that can be read, each in a transaction of its own, and says of every other
   * what is wrong. A zip or a manifest that cannot be trusted is refused whole. Sent again, what is
   * in already is recognised and the rest goes on. After `workMsMax` at least one file is new.
   * @throws Invalid `zip-*`, `not-text`, `csv-unreadable`, `manifest-missing`, `manifest-invalid`
   */
  async run(
    actor: Actor,
    studyId: string,
    bytes: Buffer,
    workMsMax: number = WORK_MS_MAX,
  ): Promise<StudyImportDto> {
    const study = await this.study(actor.projectId, studyId);
    const { manifest, entries } = filesOf(readZip(bytes));
    const sessions = sessionsIn(manifest, study);
    const zip: OpenZip = { entries: new Map(entries), surveys: new Map() };
    const report = new ImportReport(workMsMax);
    for (const session of sessions) {
      const about = aboutOf(session);
      if (report.isTimeUp()) report.add({ ...about, status: 'pending' });
      else report.add({ ...about, ...(await this.file(actor, studyId, session, zip)) });
    }
    const named = new Set(sessions.map(({ file }) => file));
    for (const [path] of entries) {
      if (!named.has(path)) report.add({ file: path, status: 'not_in_manifest' });
    }
    return report.of(studyId);
  }

  async study(projectId: string, id: string): Promise<StudyEntity> {
    const study = await this.transactions.manager.findOneBy(StudyEntity, { projectId, id });
    if (study === null) throw new NotFound('not-found', 'There is no such study.');
    return study;
  }

  private async file(
    actor: Actor,
    studyId: string,
    session: ManifestSession,
    zip: OpenZip,
  ): Promise<Omit<ImportedFileDto, 'file'>> {
    try {
      const bytes = zip.entries.get(session.file);
      if (bytes === undefined) {
        throw new Invalid('file-missing', 'The manifest names a file that the zip does not hold.');
      }
      const answers = isTable(session.file) ? answersOf(session, bytes, zip.surveys) : null;
      // One more person in a table must not make everybody else's answers new.
      const words = answers === null ? bytes : JSON.stringify(answers.turns);
      const digest = this.sessions.digest(actor.projectId, session, words);
      const stored = await this.sessions.once(
        actor,
        studyId,
        { session, digest },
        async (manager) => {
          const parsed = answers ?? readTranscriptFile({ bytes, fileName: session.file });
          const file = { session, digest, parsed };
          const written = await this.sessions.write(manager, actor, studyId, file);
          return { ...written, notes: parsed.notes };
        },
      );
      if ('earlier' in stored) return { status: 'already_imported', interviewId: stored.earlier };
      return { status: 'imported', ...stored.written };
    } catch (error) {
      return { status: 'failed', problem: fileProblem(error) };
    }
  }
}

/** The files of a zip, by path, and what was read of its tables. */
interface OpenZip {
  entries: ReadonlyMap<string, Uint8Array>;
  surveys: Map<string, SurveyReading | DomainError>;
}

/**
 * The manifest, and every other file by its path from there: people zip a folder as often as what is
 * in it.
 */
function filesOf(entries: readonly ZipEntry[]): {
  manifest: ZipEntry;
  entries: [string, Uint8Array][];
} {
  const [folder = ''] = entries[0]?.path.split('/') ?? [];
  const isFolder = entries.every(({ path }) => path.startsWith(`${folder}/`));
  const root = isFolder ? `${folder}/` : '';
  const manifest = entries.find(
    ({ path }) => path.toLowerCase() === `${root}${MANIFEST}`.toLowerCase(),
  );
  if (manifest === undefined) {
    throw new Invalid('manifest-missing', `The zip needs a ${MANIFEST} that lists its files.`);
  }
  const others = entries.filter((entry) => entry !== manifest);
  return {
    manifest,
    entries: others.map(({ path, bytes }) => [path.slice(root.length), bytes]),
  };
}

function sessionsIn(manifest: ZipEntry, study: StudyEntity): readonly ManifestSession[] {
  const { sessions, errors } = readManifest(readCsv(decodeText(manifest.bytes)), study);
  if (errors.length > 0) {
    throw new Invalid('manifest-invalid', 'The manifest has mistakes; nothing was imported.', [
      ...errors,
    ]);
  }
  return sessions;
}

function aboutOf({ file, people }: ManifestSession): Pick<ImportedFileDto, 'file' | 'person'> {
  const [person] = people;
  return isTable(file) && person !== undefined ? { file, person: person.pseudonym } : { file };
}

/** What one person wrote into a table; a table is read once, and so is what is wrong with it. */
function answersOf(
  session: ManifestSession,
  bytes: Uint8Array,
  surveys: OpenZip['surveys'],
): ParsedTranscript {
  const survey = surveys.get(session.file) ?? readTable(bytes);
  surveys.set(session.file, survey);
  if (survey instanceof DomainError) throw survey;
  const [person] = session.people;
  const response = survey.responses.find((one) => one.person === person?.pseudonym);
  if (response === undefined) {
    throw new Invalid('person-not-in-table', 'The table has no row of this person.');
  }
  return response.transcript;
}

function readTable(bytes: Uint8Array): SurveyReading | DomainError {
  try {
    return readSurvey({ rows: readCsv(decodeText(bytes)), personColumn: PERSON_COLUMN });
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
