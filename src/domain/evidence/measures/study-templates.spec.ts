import { BUYING_ROLES, INTERVIEW_METHODS, POPULATIONS } from '../dossier.js';
import { EVIDENCE_POLICIES } from '../policies.js';
import { GUIDE_QUESTION_TYPES } from '../study.js';
import { STUDY_TEMPLATE_KEYS, STUDY_TEMPLATES } from './study-templates.js';

describe('STUDY_TEMPLATES', () => {
  it('are the six, each once', () => {
    expect(STUDY_TEMPLATES.map(({ key }) => key)).toEqual(STUDY_TEMPLATE_KEYS);
    expect(new Set(STUDY_TEMPLATES.map(({ name }) => name)).size).toBe(6);
  });

  describe.each(STUDY_TEMPLATES)('$key', (template) => {
    const { guide, whomToHear, anchorEvent } = template;

    it('asks only for stories, deeper, or openly', () => {
      const used = new Set(guide.map(({ type }) => type));
      const kept = GUIDE_QUESTION_TYPES.filter((type) => type !== 'closed' && type !== 'leading');
      expect(GUIDE_QUESTION_TYPES.length - kept.length).toBe(2);
      for (const type of used) expect(kept).toContain(type);
    });

    it('has six questions or more, and a story first', () => {
      expect(guide.length).toBeGreaterThanOrEqual(6);
      expect(guide[0]?.type).toBe('story');
      expect(guide.filter(({ type }) => type === 'story').length).toBeLessThan(guide.length);
    });

    it('asks for the awkward side', () => {
      expect(guide.some((question) => question.awkward === true)).toBe(true);
      expect(guide.every((question) => question.awkward !== true || question.type === 'open')).toBe(
        true,
      );
    });

    it('words every question once, and so that yes or no is no answer', () => {
      expect(new Set(guide.map(({ text }) => text)).size).toBe(guide.length);
      for (const { text } of guide) {
        expect(text).toMatch(/[.?]$/);
        expect(text).not.toMatch(/(^|[.:,] )(Do|Did|Does|Is|Are|Was|Were|Would|Could|Can|Have) /i);
      }
    });

    it('plans for as many people as it names', () => {
      const planned = whomToHear.reduce((sum, { count }) => sum + count, 0);
      expect(planned).toBe(template.plannedInterviews);
      for (const { population, buyingRole, count, who } of whomToHear) {
        expect(POPULATIONS).toContain(population);
        if (buyingRole !== undefined) expect(BUYING_ROLES).toContain(buyingRole);
        expect(count).toBeGreaterThan(0);
        expect(who).not.toBe('');
      }
    });

    it('can open the gate: a live method, soon enough after an event', () => {
      expect(INTERVIEW_METHODS).toContain(template.method);
      expect(['interview', 'usability_test']).toContain(template.method);
      expect(anchorEvent.event).not.toBe('');
      expect(anchorEvent.daysMin).toBeGreaterThanOrEqual(0);
      expect(anchorEvent.daysMax).toBeGreaterThan(anchorEvent.daysMin);
      expect(anchorEvent.daysMax).toBeLessThanOrEqual(EVIDENCE_POLICIES.standard.eventLagDays);
      expect(template.plannedInterviews).toBeGreaterThanOrEqual(EVIDENCE_POLICIES.rigorous.people);
    });

    it('says when to stop', () => {
      expect(template.stoppingRule).toMatch(/\bstop\b|\bgo on\b/i);
    });
  });

  it('hears people who left as well as those who came', () => {
    const populations = STUDY_TEMPLATES.find(({ key }) => key === 'switch')?.whomToHear.map(
      ({ population }) => population,
    );
    expect(populations).toEqual(['customer', 'ex_customer']);
  });
});
