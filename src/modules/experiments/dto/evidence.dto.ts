import { Id, Maybe, NestedList, Text } from '../../../platform/http/fields.js';
import type { EvidenceStanding } from '../evidence-standing.reader.js';
import { GateCountsDto } from './gate.dto.js';

/** How the evidence of an experiment stands today, whatever it was at launch. */
export class EvidenceDto {
  /** Something it cites was taken back, and nothing stands in for it: it cannot ship like this. */
  withdrawn: boolean;
  /** Other quotes stand in for what was taken back. */
  replaced: boolean;
  /** The gap was answered in writing after the latest withdrawal. */
  answered: boolean;
  /** Somebody whose words are cited asked to be forgotten; the words are gone. */
  erased: boolean;
  /** Codes of the gate that were met at launch and are not any more; age alone brings none. */
  recount: string[];
  counts: GateCountsDto;

  static from(standing: EvidenceStanding): EvidenceDto {
    const { withdrawn, replaced, answered, erased, belowPolicy, counts } = standing;
    return { withdrawn, replaced, answered, erased, recount: [...belowPolicy], counts };
  }
}

/** One quote in place of another. */
export class QuoteReplacementDto {
  /** The cited quote that cannot be used any more. */
  @Id()
  quoteId: string;

  /** A quote that supports one of the cited insights. */
  @Id()
  withQuoteId: string;
}

/** What is said and done about evidence that was taken back. */
export class AnswerGapDto {
  /** Why the test may go on, or what was done; shown with the results. */
  @Text()
  answer: string;

  /** Quotes that stand in for those taken back. The frozen rationale stays as it was. */
  @Maybe()
  @NestedList(() => QuoteReplacementDto)
  replacements?: QuoteReplacementDto[];
}

export class EvidenceGapDto {
  id: string;
  /** Why the test may go on, or what was done. */
  answer: string;
  /** Quotes that stand in for those taken back. */
  replacements: QuoteReplacementDto[];
  /** Member who answered. */
  answeredBy: string;
  /** When it was answered. */
  answeredAt: string;
  /** How the evidence stands with this answer. */
  evidence: EvidenceDto;
}
