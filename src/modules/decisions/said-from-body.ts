import { parseInstant } from '../../domain/events/instant.js';
import type { SaidLearning, SaidSurprise, SaidWhy } from '../../domain/verdict/learning/said.js';
import type { DecideDto } from './dto/decision.dto.js';
import type { SaidWhyDto } from './dto/learning.dto.js';

/** What a body says was learned, without what it leaves out. */
export function saidFromBody(body: DecideDto): SaidLearning {
  const { why, links, surprises, sideEffects, wrongIf } = body;
  return {
    why: why === undefined ? null : saidWhy(why),
    links: links ?? [],
    surprises: (surprises ?? []).map(({ followUp, ...surprise }): SaidSurprise => {
      const dueAt = followUp === undefined ? null : parseInstant(followUp.dueAt);
      if (followUp === undefined || dueAt === null) return surprise;
      return { ...surprise, followUp: { question: followUp.question, dueAt } };
    }),
    sideEffects: sideEffects ?? [],
    ...(wrongIf === undefined ? {} : { wrongIf: { met: wrongIf.met, note: wrongIf.note } }),
  };
}

/** Ids are compared as they are stored: in lower case. */
function saidWhy({ state, text, quoteIds }: SaidWhyDto): SaidWhy {
  return {
    state,
    text,
    ...(quoteIds === undefined ? {} : { quoteIds: quoteIds.map((id) => id.toLowerCase()) }),
  };
}
