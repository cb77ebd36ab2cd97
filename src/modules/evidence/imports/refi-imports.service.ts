import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import type { Modality } from '../../../domain/evidence/dossier.js';
import type { ManifestSession } from '../../../domain/evidence/import/manifest.js';
import { nameFault } from '../../../domain/evidence/import/name-fault.js';
import { personsVoice } from '../../../domain/evidence/import/persons-voice.js';
import { refiLeftOut } from '../../../domain/evidence/import/refi-left-out.js';
import { transcriptOf } from '../../../domain/evidence/import/refi-transcript.js';
import { readRefiCodebook } from '../../../domain/evidence/refi/read-refi-codebook.js';
import { readRefiProject } from '../../../domain/evidence/refi/read-refi-project.js';
import { findProjectPath } from '../../../domain/evidence/refi/refi-files.js';
import type { RefiLoss } from '../../../domain/evidence/refi/refi-loss.js';
import type {
  RefiCode,
  RefiProject,
  RefiSelection,
  RefiSource,
} from '../../../domain/evidence/refi/refi-project.js';
import { parseInstant } from '../../../domain/events/instant.js';
import { sliceCodePoints } from '../../../domain/evidence/text.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { decodeText } from '../../../platform/files/decode-text.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { readZip, type ZipEntry } from '../../../platform/files/read-zip.js';
import type { Actor } from '../../../platform/security/principal.js';
import { Codebook } from '../interviews/codebook.js';
import { QuotesService } from '../interviews/quotes.service.js';
import { TranscriptsService } from '../interviews/transcripts.service.js';
import type { StudyEntity } from '../studies/study.entity.js';
import { fileProblem } from './file-problem.js';
import { ImportReport } from './import-report.js';
import type {
  CodebookImportDto,
  ImportedFileDto,
  RefiLossDto,
  StudyImportDto,
} from './import.dto.js';
import { SessionWriter } from './session-writer.js';
import { StudyImportsService, WORK_MS_MAX } from './study-imports.service.js';

/** More codes are no codebook that people read with. */
const CODES_MAX = 2_000;

/** What the project file does not say of its sessions. */
export interface RefiSessionFacts {
  heldAt: Date | null;
  modality: Modality | null;
  /** How whoever asks is called in the texts. */
  interviewer: string | null;
}

/** A source and the people of the cases that it belongs to. */
interface OwnedSource {
  source: RefiSource;
  owners: readonly string[];
}

/** A source on its way in: whose session it is, and under which name they speak in it. */
interface ReadSource {
  source: RefiSource;
  session: ManifestSession;
  voice: string | null;
}

/** Projects and codebooks of other qualitative tools (REFI-QDA 1.0), with what has no place here. */
@Injectable()
export class RefiImportsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly imports: StudyImportsService,
    private readonly sessions: SessionWriter,
    private readonly transcripts: TranscriptsService,
    private readonly quotes: QuotesService,
    private readonly codebook: Codebook,
  ) {}

  /**
   * Takes in the cases, sources, codes and coded spans of a project. Each source is a session of its
   * case's person, in a transaction of its own; consent has no place in the format, so until it is
   * recorded nobody in it can be cited. After `workMsMax` at least one source is new.
   * @throws Invalid `zip-*`, `xml-*`, `refi-unreadable`, `refi-duplicate-guid`, `held-at-missing`,
   *   `validation-failed` for codes that cannot be kept
   */
  async project(
    actor: Actor,
    studyId: string,
    bytes: Buffer,
    facts: RefiSessionFacts,
    workMsMax: number = WORK_MS_MAX,
  ): Promise<StudyImportDto> {
    const study = await this.imports.study(actor.projectId, studyId);
    const { project, madeAt } = readProject(readZip(bytes));
    const heldAt = facts.heldAt ?? madeAt;
    if (heldAt === null) {
      throw new Invalid('held-at-missing', 'Say when the sessions were held: ?heldAt=...', [
        { pointer: '/heldAt', code: 'missing' },
      ]);
    }
    const codeIds = await this.addCodes(actor.projectId, studyId, project.codes);
    const report = new ImportReport(workMsMax);
    const unquoted = { asked: [] as string[], blank: [] as string[] };
    for (const owned of ownersOf(project)) {
      const file = owned.source.name;
      if (report.isTimeUp()) {
        report.add({ file, status: 'pending' });
        continue;
      }
      try {
        const read = readSource(owned, study, { ...facts, heldAt });
        const { theirs, asked, blank } = selectionsOf(read);
        report.add({ file, ...(await this.source(actor, studyId, read, theirs, codeIds)) });
        unquoted.asked.push(...asked);
        unquoted.blank.push(...blank);
      } catch (error) {
        report.add({ file, status: 'failed', problem: fileProblem(error) });
      }
    }
    const loss = [...lossOf(project.loss), ...refiLeftOut(project, unquoted)];
    return { ...report.of(studyId), loss };
  }

  /** Takes in a codebook alone. @throws Invalid `xml-*`, `refi-unreadable`, `validation-failed` */
  async codes(actor: Actor, studyId: string, bytes: Buffer): Promise<CodebookImportDto> {
    await this.imports.study(actor.projectId, studyId);
    const read = readRefiCodebook(readXml(decodeText(bytes)));
    await this.addCodes(actor.projectId, studyId, read.codes);
    const leftOut = refiLeftOut({ ...read, cases: [], sources: [] }, { asked: [], blank: [] });
    return {
      studyId,
      codes: read.codes.map(({ name }) => name),
      loss: [...lossOf(read.loss), ...leftOut],
    };
  }

  private async source(
    actor: Actor,
    studyId: string,
    { source, session, voice }: ReadSource,
    theirs: readonly QuotedSelection[],
    codeIds: ReadonlyMap<string, string>,
  ): Promise<Omit<ImportedFileDto, 'file'>> {
    const parsed = transcriptOf(source);
    const digest = this.sessions.digest(actor.projectId, session, source.text);
    const stored = await this.sessions.once(
      actor,
      studyId,
      { session, digest },
      async (manager) => {
        const file = { session, digest, parsed };
        const written = await this.sessions.write(manager, actor, studyId, file);
        const { interviewId, participantIds } = written;
        const names = new Set(parsed.turns.map(({ speaker }) => speaker));
        const speakers = [...names].map((speaker) => ({
          speaker: speaker ?? '',
          ...(speaker === voice ? { participantId: participantIds[0] ?? '' } : {}),
        }));
        await this.transcripts.nameSpeakers(manager, actor, interviewId, speakers, '');
        await this.quote(manager, actor, interviewId, theirs, codeIds);
        return written;
      },
    );
    if ('earlier' in stored) return { status: 'already_imported', interviewId: stored.earlier };
    const { interviewId, participantIds } = stored.written;
    return { status: 'imported', interviewId, participantIds };
  }

  private async quote(
    manager: EntityManager,
    actor: Actor,
    interviewId: string,
    theirs: readonly QuotedSelection[],
    codeIds: ReadonlyMap<string, string>,
  ): Promise<void> {
    const marked = await this.quotes.mark(
      manager,
      actor,
      theirs.map(({ place }, at) => ({ interviewId, quote: place, pointer: `/selections/${at}` })),
    );
    for (const [at, { codeGuids }] of theirs.entries()) {
      const ids = codeGuids.flatMap((guid) => codeIds.get(guid) ?? []);
      const id = marked[at]?.id;
      if (id !== undefined) await this.codebook.attach(manager, actor.projectId, id, ids);
    }
  }

  /** Adds the codes to the study and answers their ids by GUID. */
  private async addCodes(
    projectId: string,
    studyId: string,
    codes: readonly RefiCode[],
  ): Promise<ReadonlyMap<string, string>> {
    requireNames(codes);
    const at = new Map(codes.map(({ guid }, index) => [guid, index]));
    const ids = await this.transactions.run((manager) =>
      this.codebook.add(
        manager,
        projectId,
        studyId,
        codes.map(({ name, parentGuid, isCodable }) => ({
          name,
          parent: parentGuid === null ? null : (at.get(parentGuid) ?? null),
          codable: isCodable,
        })),
      ),
    );
    return new Map(codes.map(({ guid }, index) => [guid, ids[index] ?? '']));
  }
}

function requireNames(codes: readonly RefiCode[]): void {
  const errors = codes.flatMap(({ name }, index) => {
    const code = name.trim() === '' ? 'missing' : nameFault(name);
    return code === null ? [] : [{ pointer: `/codes/${index}/name`, code }];
  });
  if (codes.length > CODES_MAX) errors.push({ pointer: '/codes', code: 'too-many-codes' });
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Some codes cannot be kept.', errors.slice(0, 50));
  }
}

function readProject(entries: readonly ZipEntry[]): {
  project: RefiProject;
  madeAt: Date | null;
} {
  const path = findProjectPath(entries.map((entry) => entry.path));
  const file = entries.find((entry) => entry.path === path);
  if (file === undefined) {
    throw new Invalid('refi-unreadable', 'The archive holds no project.qde.');
  }
  const xml = readXml(decodeText(file.bytes));
  const texts = entries.flatMap((entry): [string, string][] =>
    entry.path.toLowerCase().endsWith('.txt') ? [[entry.path, decodeText(entry.bytes)]] : [],
  );
  const made = xml.attributes['creationDateTime'] ?? '';
  return {
    project: readRefiProject(xml, new Map(texts)),
    // The format may leave the zone out; then it is read alike on every machine.
    madeAt: parseInstant(made) ?? parseInstant(`${made}Z`),
  };
}

function ownersOf(project: RefiProject): OwnedSource[] {
  return project.sources.map((source) => {
    const owners = project.cases.filter(({ sourceGuids }) => sourceGuids.includes(source.guid));
    return { source, owners: owners.map(({ name }) => name) };
  });
}

/** @throws Invalid when it cannot be told whose session it is, or which lines are theirs */
function readSource(
  { source, owners }: OwnedSource,
  study: Pick<StudyEntity, 'method' | 'population'>,
  facts: RefiSessionFacts & { heldAt: Date },
): ReadSource {
  const [owner, other] = owners;
  if (owner === undefined) {
    throw new Invalid('source-without-person', 'No case says whose words these are.');
  }
  if (other !== undefined) {
    throw new Invalid('source-of-several', 'More than one case says that these words are theirs.');
  }
  const person = owner.trim();
  const faulty = person === '' ? 'missing' : nameFault(person);
  if (faulty !== null) {
    throw new Invalid('person-unnamed', 'The name of the case cannot be a pseudonym.', [
      { pointer: '/case/name', code: faulty },
    ]);
  }
  const { interviewer } = facts;
  const askers = interviewer === null ? [] : [interviewer];
  const voice = personsVoice({ turns: source.turns, names: [person], askers });
  if (source.turns.length > 0 && voice === undefined) {
    throw new Invalid(
      'speakers-unsettled',
      'The text does not tell who asks. Send the project again with ?interviewer= and the name before their lines.',
    );
  }
  return {
    source,
    session: sessionFrom(source, person, study, facts),
    voice: voice?.speaker ?? null,
  };
}

/** A selection with a place in the person's own words. */
interface QuotedSelection {
  place: NonNullable<RefiSelection['place']>;
  codeGuids: readonly string[];
}

/** What can be quoted, and the GUIDs of what cannot; what crosses turns is in the loss already. */
function selectionsOf({ source, voice }: ReadSource): {
  theirs: QuotedSelection[];
  asked: string[];
  blank: string[];
} {
  const theirs: QuotedSelection[] = [];
  const asked: string[] = [];
  const blank: string[] = [];
  for (const { guid, place, codeGuids } of source.selections) {
    const turn = place === null ? undefined : source.turns[place.turn];
    if (place === null || turn === undefined) continue;
    if (turn.speaker !== voice) asked.push(guid);
    else if (sliceCodePoints(turn.text, place.start, place.end).trim() === '') blank.push(guid);
    else theirs.push({ place, codeGuids });
  }
  return { theirs, asked, blank };
}

function sessionFrom(
  source: RefiSource,
  person: string,
  study: Pick<StudyEntity, 'method' | 'population'>,
  { heldAt, modality, interviewer }: RefiSessionFacts & { heldAt: Date },
): ManifestSession {
  const { method, population } = study;
  return {
    file: source.name,
    method,
    modality: modality ?? 'async',
    interactive: modality !== null && modality !== 'async',
    startedAt: heldAt,
    endedAt: heldAt,
    interviewer: interviewer ?? 'unknown',
    anchorEventAt: null,
    exposureTo: null,
    language: 'und',
    producedBy: 'human',
    people: [
      {
        pseudonym: person,
        kind: 'human',
        population,
        accountRef: null,
        buyingRoles: [],
        conflict: 'none',
        identity: null,
        speaksFor: { population },
        consent: null,
      },
    ],
  };
}

function lossOf(loss: readonly RefiLoss[]): RefiLossDto[] {
  return loss.map(({ kind, count, what, examples }) => ({
    kind,
    count,
    what,
    ...(examples === undefined ? {} : { examples }),
  }));
}
