import { Injectable } from '@nestjs/common';
import { Invalid, NotFound } from '../../../domain/errors.js';
import {
  isTable,
  type Manifest,
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
import { SessionWriter } from './session-writer.js';

const MANIFEST = 'manifest.csv';
/** A request is answered in time; what is left is done when the same zip is sent again. */
const WORK_MS_MAX = 15_000;
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
   * in already is recognised and the rest goes on.
   * @throws Invalid `zip-*`, `csv-unreadable`, `manifest-missing`, `manifest-invalid`
   */
  async run(actor: Actor, studyId: string, bytes: Buffer): Promise<StudyImportDto> {
    const study = await this.study(actor.projectId, studyId);
    const entries = readZip(bytes);
    const { sessions } = manifestOf(entries, study);
    const surveys = new Map<string, SurveyReading>();
    const until = Date.now() + WORK_MS_MAX;
    const files: ImportedFileDto[] = [];
    for (const session of sessions) {
      const about = aboutOf(session);
      if (Date.now() > until) files.push({ ...about, status: 'pending' });
      else
        files.push({ ...about, ...(await this.file(actor, studyId, session, entries, surveys)) });
    }
    const named = new Set(sessions.map(({ file }) => file));
    for (const { path } of entries) {
      if (path === MANIFEST || named.has(path)) continue;
      files.push({ file: path, status: 'not_in_manifest' });
    }
    const having = (status: ImportedFileDto['status']) =>
      files.filter((file) => file.status === status).length;
    return {
      studyId,
      complete: having('pending') === 0,
      imported: having('imported'),
      failed: having('failed'),
      files,
    };
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
    entries: readonly ZipEntry[],
    surveys: Map<string, SurveyReading>,
  ): Promise<Omit<ImportedFileDto, 'file'>> {
    try {
      const entry = entries.find(({ path }) => path === session.file);
      if (entry === undefined) {
        throw new Invalid('file-missing', 'The manifest names a file that the zip does not hold.');
      }
      const digest = this.sessions.digest(actor.projectId, session, entry.bytes);
      return await this.transactions.run(async (manager) => {
        const { projectId } = actor;
        const earlier = await this.sessions.earlier(manager, projectId, studyId, digest);
        if (earlier !== null) return { status: 'already_imported', interviewId: earlier };
        const parsed = parse(session, entry, surveys);
        const file = { session, digest, parsed };
        const written = await this.sessions.write(manager, actor, studyId, file);
        return { status: 'imported', ...written, notes: parsed.notes };
      });
    } catch (error) {
      return { status: 'failed', problem: fileProblem(error) };
    }
  }
}

function manifestOf(entries: readonly ZipEntry[], study: StudyEntity): Manifest {
  const manifest = entries.find(({ path }) => path.toLowerCase() === MANIFEST);
  if (manifest === undefined) {
    throw new Invalid('manifest-missing', `The zip needs a ${MANIFEST} that lists its files.`);
  }
  const read = readManifest(readCsv(decodeText(manifest.bytes)), study);
  if (read.errors.length > 0) {
    throw new Invalid('manifest-invalid', 'The manifest has mistakes; nothing was imported.', [
      ...read.errors,
    ]);
  }
  return read;
}

function aboutOf({ file, people }: ManifestSession): Pick<ImportedFileDto, 'file' | 'person'> {
  const [person] = people;
  return isTable(file) && person !== undefined ? { file, person: person.pseudonym } : { file };
}

function parse(
  session: ManifestSession,
  entry: ZipEntry,
  surveys: Map<string, SurveyReading>,
): ParsedTranscript {
  if (!isTable(session.file)) {
    return readTranscriptFile({ bytes: entry.bytes, fileName: session.file });
  }
  const known = surveys.get(entry.path);
  const rows = known === undefined ? readCsv(decodeText(entry.bytes)) : [];
  const survey = known ?? readSurvey({ rows, personColumn: PERSON_COLUMN });
  surveys.set(entry.path, survey);
  const [person] = session.people;
  const response = survey.responses.find((one) => one.person === person?.pseudonym);
  if (response === undefined) {
    throw new Invalid('person-not-in-table', 'The table has no row of this person.');
  }
  return response.transcript;
}
