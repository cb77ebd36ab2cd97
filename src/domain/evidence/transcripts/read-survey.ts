import { assembleTurns } from './assemble-turns.js';
import { ReadingNotes } from './reading-notes.js';
import { emptyTranscript, unreadable } from './refuse-transcript.js';
import { type Cue, type ParsedTranscript, type Place, rowPlace } from './transcript.js';
import { cleanSpeaker, foldSpace } from './transcript-text.js';

/** Who asks in a survey. */
export const SURVEY_SPEAKER = 'Survey';

export interface SurveyResponse {
  /** The person as the table names them: speaker of the answers. */
  person: string;
  /** Row of the table, the header being 1. */
  row: number;
  transcript: ParsedTranscript;
}

export interface SurveyReading {
  responses: SurveyResponse[];
  notes: string[];
}

/**
 * A survey as a table: a header row with the questions, then one row per person. Each answered
 * question becomes two turns, the question of `SURVEY_SPEAKER` and the answer of the person; what
 * was left blank was not said. `questionColumns` names the headers that are questions, for tables
 * that also hold dates and addresses; without it every column but the person's is one.
 */
export function readSurvey(input: {
  rows: readonly (readonly string[])[];
  personColumn: string;
  questionColumns?: readonly string[];
}): SurveyReading {
  const { rows, personColumn } = input;
  const headers = (rows[0] ?? []).map(foldSpace);
  if (rows.length < 2) throw emptyTranscript();
  const personAt = headers.indexOf(foldSpace(personColumn));
  if (personAt === -1) {
    throw unreadable(rowPlace(1), 'person-column-missing', 'no column has the name of the person');
  }
  const questions = questionsOf(headers, personAt, input.questionColumns);
  const notes = new ReadingNotes();
  const seen = new Set<string>();
  const responses: SurveyResponse[] = [];
  for (const [index, row] of rows.entries()) {
    if (index === 0) continue;
    const place = rowPlace(index + 1);
    if (row.every((cell) => cell.trim() === '')) {
      notes.add('row-blank', place);
      continue;
    }
    if (row.length > headers.length) {
      throw unreadable(place, 'row-too-long', 'the row has more cells than the header');
    }
    const person = cleanSpeaker(row[personAt] ?? '');
    if (person === null) throw unreadable(place, 'person-missing', 'nobody is named');
    if (seen.has(person)) throw unreadable(place, 'person-twice', 'this person has a row already');
    seen.add(person);
    const transcript = readRow({ row, questions, person, place });
    if (transcript === null) notes.add('row-blank', place);
    else responses.push({ person, row: index + 1, transcript });
  }
  if (responses.length === 0) throw emptyTranscript();
  return { responses, notes: notes.inWords() };
}

interface Question {
  column: number;
  text: string;
}

function questionsOf(
  headers: readonly string[],
  personAt: number,
  chosen: readonly string[] | undefined,
): Question[] {
  const wanted = chosen?.map(foldSpace);
  const missing = wanted?.findIndex((name) => !headers.includes(name)) ?? -1;
  if (missing !== -1) {
    throw unreadable(rowPlace(1), 'question-column-missing', 'a chosen question has no column');
  }
  const questions = headers
    .map((text, column) => ({ text, column }))
    .filter(({ text, column }) => column !== personAt && (wanted?.includes(text) ?? text !== ''));
  if (questions.length === 0) {
    throw unreadable(rowPlace(1), 'no-question', 'no column is a question');
  }
  return questions;
}

function readRow(input: {
  row: readonly string[];
  questions: readonly Question[];
  person: string;
  place: Place;
}): ParsedTranscript | null {
  const { row, questions, person, place } = input;
  const notes = new ReadingNotes();
  const cues: Cue[] = [];
  for (const question of questions) {
    const answer = foldWritten(row[question.column] ?? '');
    const cell = {
      pointer: `${place.pointer}/columns/${question.column + 1}`,
      words: `${place.words}, column ${question.column + 1}`,
    };
    if (answer === '') {
      notes.add('answer-blank', cell);
      continue;
    }
    cues.push({ speaker: SURVEY_SPEAKER, text: question.text, place: cell });
    cues.push({ speaker: person, text: answer, place: cell });
  }
  if (cues.length === 0) return null;
  if (person === SURVEY_SPEAKER) {
    throw unreadable(place, 'person-is-survey', 'nobody can be called as the one who asks');
  }
  return assembleTurns({ format: 'survey', cues, carryOver: false, notes });
}

/** People write in paragraphs: their line ends stay. */
function foldWritten(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .split('\n')
    .map(foldSpace)
    .filter((line) => line !== '')
    .join('\n');
}
