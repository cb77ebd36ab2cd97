import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import type { Modality } from '../../../domain/evidence/dossier.js';
import type { ManifestSession } from '../../../domain/evidence/import/manifest.js';
import { readRefiCodebook } from '../../../domain/evidence/refi/read-refi-codebook.js';
import { readRefiProject } from '../../../domain/evidence/refi/read-refi-project.js';
import { findProjectPath } from '../../../domain/evidence/refi/refi-files.js';
import type {
  RefiCode,
  RefiProject,
  RefiSource,
} from '../../../domain/evidence/refi/refi-project.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { decodeText } from '../../../platform/files/decode-text.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { readZip, type ZipEntry } from '../../../platform/files/read-zip.js';
import type { Actor } from '../../../platform/security/principal.js';
import { Codebook } from '../interviews/codebook.js';
import { QuotesService } from '../interviews/quotes.service.js';
import { TranscriptsService } from '../interviews/transcripts.service.js';
import { ParticipantEntity } from '../people/participant.entity.js';
import type { StudyEntity } from '../studies/study.entity.js';
import { fileProblem } from './file-problem.js';
import type { CodebookImportDto, ImportedFileDto, StudyImportDto } from './import.dto.js';
import { SessionWriter } from './session-writer.js';
import { StudyImportsService } from './study-imports.service.js';

/** What the project file does not say of its sessions. */
export interface RefiSessionFacts {
  heldAt: Date | null;
  modality: Modality | null;
}

/** The person a source belongs to. */
interface OwnedSource {
  source: RefiSource;
  person: string | null;
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
   * recorded nobody in it can be cited.
   * @throws Invalid `zip-*`, `xml-*`, `refi-unreadable`, `refi-duplicate-guid`
   */
  async project(
    actor: Actor,
    studyId: string,
    bytes: Buffer,
    facts: RefiSessionFacts,
  ): Promise<StudyImportDto> {
    const study = await this.imports.study(actor.projectId, studyId);
    const { project, madeAt } = readProject(readZip(bytes));
    const heldAt = facts.heldAt ?? madeAt;
    if (heldAt === null) {
      throw new Invalid('held-at-missing', 'Say when the sessions were held: ?heldAt=...', [
        { pointer: '/heldAt', code: 'missing' },
      ]);
    }
    const codeIds = await this.transactions.run((manager) =>
      this.addCodes(manager, actor.projectId, studyId, project.codes),
    );
    const files: ImportedFileDto[] = [];
    for (const owned of ownersOf(project)) {
      const session = sessionFrom(owned, study, heldAt, facts.modality);
      const file = { file: owned.source.name };
      files.push({ ...file, ...(await this.source(actor, studyId, owned, session, codeIds)) });
    }
    const having = (status: ImportedFileDto['status']) =>
      files.filter((file) => file.status === status).length;
    return {
      studyId,
      complete: true,
      imported: having('imported'),
      failed: having('failed'),
      files,
      loss: lossOf(project),
    };
  }

  /** Takes in a codebook alone. @throws Invalid `xml-*`, `refi-unreadable` */
  async codes(actor: Actor, studyId: string, bytes: Buffer): Promise<CodebookImportDto> {
    await this.imports.study(actor.projectId, studyId);
    const read = readRefiCodebook(readXml(decodeText(bytes)));
    await this.transactions.run((manager) =>
      this.addCodes(manager, actor.projectId, studyId, read.codes),
    );
    return { studyId, codes: read.codes.map(({ name }) => name), loss: lossOf(read) };
  }

  private async source(
    actor: Actor,
    studyId: string,
    { source, person }: OwnedSource,
    session: ManifestSession | null,
    codeIds: ReadonlyMap<string, string>,
  ): Promise<Omit<ImportedFileDto, 'file'>> {
    try {
      if (session === null || person === null) {
        throw new Invalid('source-without-person', 'No case says whose words these are.');
      }
      const digest = this.sessions.digest(actor.projectId, session, Buffer.from(source.text));
      return await this.transactions.run(async (manager) => {
        const { projectId } = actor;
        const earlier = await this.sessions.earlier(manager, projectId, studyId, digest);
        if (earlier !== null) return { status: 'already_imported', interviewId: earlier };
        const turns = source.turns.map(({ speaker, text }) => ({ speaker, text }));
        const parsed = { format: 'named_lines' as const, turns, notes: [] };
        const written = await this.sessions.write(manager, actor, studyId, {
          session,
          digest,
          parsed,
        });
        const { interviewId, participantIds } = written;
        await this.nameSpeakers(manager, actor, interviewId, source, participantIds);
        await this.quote(manager, actor, interviewId, source, codeIds);
        return { status: 'imported', interviewId, participantIds };
      });
    } catch (error) {
      return { status: 'failed', problem: fileProblem(error) };
    }
  }

  /** A source of one case: lines that name nobody are that person's, named ones are who asks. */
  private async nameSpeakers(
    manager: EntityManager,
    actor: Actor,
    interviewId: string,
    source: RefiSource,
    [participantId]: readonly string[],
  ): Promise<void> {
    const person = await manager.findOneByOrFail(ParticipantEntity, {
      projectId: actor.projectId,
      id: participantId ?? '',
    });
    const names = new Set(source.turns.map(({ speaker }) => speaker ?? ''));
    const isTheirs = (name: string) =>
      name === '' || name.toLowerCase() === person.pseudonym.toLowerCase();
    const speakers = [...names].map((speaker) => ({
      speaker,
      ...(isTheirs(speaker) ? { participantId: person.id } : {}),
    }));
    await this.transcripts.nameSpeakers(manager, actor, interviewId, speakers, '');
  }

  private async quote(
    manager: EntityManager,
    actor: Actor,
    interviewId: string,
    source: RefiSource,
    codeIds: ReadonlyMap<string, string>,
  ): Promise<void> {
    const spans = source.selections.flatMap(({ place, codeGuids }) =>
      place === null ? [] : [{ place, codeGuids }],
    );
    const theirs = spans.filter(({ place }) => isQuotable(source, place.turn));
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

  private async addCodes(
    manager: EntityManager,
    projectId: string,
    studyId: string,
    codes: readonly RefiCode[],
  ): Promise<ReadonlyMap<string, string>> {
    const at = new Map(codes.map(({ guid }, index) => [guid, index]));
    const ids = await this.codebook.add(
      manager,
      projectId,
      studyId,
      codes.map(({ name, parentGuid, isCodable }) => ({
        name,
        parent: parentGuid === null ? null : (at.get(parentGuid) ?? null),
        codable: isCodable,
      })),
    );
    return new Map(codes.map(({ guid }, index) => [guid, ids[index] ?? '']));
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
  const made = new Date(xml.attributes['creationDateTime'] ?? '');
  return {
    project: readRefiProject(xml, new Map(texts)),
    madeAt: Number.isNaN(made.getTime()) ? null : made,
  };
}

function ownersOf(project: RefiProject): OwnedSource[] {
  return project.sources.map((source) => {
    const owners = project.cases.filter(({ sourceGuids }) => sourceGuids.includes(source.guid));
    return { source, person: owners.length === 1 ? (owners[0]?.name ?? null) : null };
  });
}

function sessionFrom(
  { source, person }: OwnedSource,
  study: Pick<StudyEntity, 'method' | 'population'>,
  heldAt: Date,
  modality: Modality | null,
): ManifestSession | null {
  if (person === null) return null;
  const { method, population } = study;
  return {
    file: source.name,
    method,
    modality: modality ?? 'async',
    interactive: modality !== null && modality !== 'async',
    startedAt: heldAt,
    endedAt: heldAt,
    interviewer: 'unknown',
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

/** Whoever asks is nobody to quote. */
function isQuotable(source: RefiSource, turn: number): boolean {
  const names = new Set(source.turns.flatMap(({ speaker }) => speaker ?? []));
  const speaker = source.turns[turn]?.speaker ?? null;
  return speaker === null || !names.has(speaker);
}

function lossOf({ loss }: Pick<RefiProject, 'loss'>): StudyImportDto['loss'] & object {
  return loss.map(({ kind, count, what, examples }) => ({
    kind,
    count,
    what,
    ...(examples === undefined ? {} : { examples }),
  }));
}
