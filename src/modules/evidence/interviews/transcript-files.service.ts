import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  guessSpeakers,
  type SpeakerGuess,
  speakersOf,
} from '../../../domain/evidence/transcripts/guess-speakers.js';
import { parseTranscript } from '../../../domain/evidence/transcripts/parse-transcript.js';
import type { ParsedTranscript } from '../../../domain/evidence/transcripts/transcript.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { UploadedFile } from '../../../platform/http/uploaded-file.js';
import { readBody } from '../../../platform/http/validation.js';
import type { Actor } from '../../../platform/security/principal.js';
import { TranscriptDto } from './interview.dto.js';
import { readTranscriptFile } from './read-transcript-file.js';
import type {
  ReadTranscriptDto,
  SpeakerGuessDto,
  TranscriptFileQueryDto,
} from './transcript.dto.js';
import { type IncomingTranscript, spokenTurns, TranscriptsService } from './transcripts.service.js';

/** Who is expected to speak in a file. */
export interface ExpectedSpeakers {
  interviewer: string;
  people: readonly { participantId: string; names: readonly string[] }[];
}

/** Transcripts as tools export them: read, guessed at, and stored until somebody confirms the guesses. */
@Injectable()
export class TranscriptFilesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly transcripts: TranscriptsService,
  ) {}

  /** Turns that name their participants are settled; a file's speakers are guesses. */
  async add(
    actor: Actor,
    id: string,
    query: TranscriptFileQueryDto,
    body: UploadedFile | object,
  ): Promise<ReadTranscriptDto> {
    if (!(body instanceof UploadedFile) && !('segments' in body)) {
      const transcript = await readBody(TranscriptDto, body);
      const incoming = { ...transcript, turns: spokenTurns(transcript), format: null };
      const state = await this.transcripts.add(actor, id, { ...incoming, confirmed: true });
      return { ...state, guesses: [], notes: [] };
    }
    const parsed =
      body instanceof UploadedFile
        ? readTranscriptFile({ bytes: body.bytes, contentType: body.type })
        : parseTranscript({ text: JSON.stringify(body), format: 'podcast_json' });
    const expected = await this.expected(this.transactions.manager, actor.projectId, id);
    const state = await this.transcripts.add(actor, id, incomingFrom(parsed, query));
    return { ...state, guesses: guessesIn(parsed, expected), notes: parsed.notes };
  }

  private async expected(
    manager: EntityManager,
    projectId: string,
    id: string,
  ): Promise<ExpectedSpeakers> {
    const rows = (await manager.query(
      `SELECT interview.interviewer, participant.id, participant.pseudonym
       FROM interview
       JOIN interview_participant ON interview_participant.project_id = interview.project_id
         AND interview_participant.interview_id = interview.id
       JOIN participant ON participant.project_id = interview.project_id
         AND participant.id = interview_participant.participant_id
       WHERE interview.project_id = $1 AND interview.id = $2
       ORDER BY interview_participant.position`,
      [projectId, id],
    )) as { interviewer: string; id: string; pseudonym: string }[];
    return {
      interviewer: rows[0]?.interviewer ?? '',
      people: rows.map((row) => ({ participantId: row.id, names: [row.pseudonym] })),
    };
  }
}

/** A parsed file on its way in: nobody in it is named yet. */
export function incomingFrom(
  parsed: ParsedTranscript,
  said: TranscriptFileQueryDto,
): IncomingTranscript {
  return {
    language: said.language ?? 'und',
    producedBy: said.producedBy ?? 'asr',
    ...(said.kind === undefined ? {} : { kind: said.kind }),
    format: parsed.format,
    confirmed: false,
    turns: parsed.turns.map(({ speaker, text, startMs }) => ({
      speaker: speaker ?? '',
      participantId: null,
      text,
      startMs: startMs ?? null,
    })),
  };
}

/** Who each name of a file seems to be: the first of the people whom it fits best. */
export function guessesIn(
  parsed: Pick<ParsedTranscript, 'turns'>,
  { interviewer, people }: ExpectedSpeakers,
): SpeakerGuessDto[] {
  const speakers = speakersOf(parsed.turns);
  const asked = interviewer === '' ? {} : { interviewer };
  const byPerson = people.map(({ participantId, names }) =>
    guessSpeakers({ speakers, person: { ref: participantId, names }, ...asked }),
  );
  return speakers.map((_, at) => {
    const guesses = byPerson.flatMap((list) => list[at] ?? []);
    const best = guesses.find(({ role }) => role === 'participant') ?? guesses[0];
    return guessDto(best ?? { speaker: null, role: 'unknown', why: 'nothing-fits' });
  });
}

function guessDto({ speaker, role, participantRef, why }: SpeakerGuess): SpeakerGuessDto {
  return {
    speaker: speaker ?? '',
    role,
    ...(participantRef === undefined ? {} : { participantId: participantRef }),
    why,
  };
}
