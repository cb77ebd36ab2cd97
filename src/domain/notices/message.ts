import type { Notice, NoticeSeverity } from './notice.js';

/** A notice in words, as it is sent to where people are. */

const SEVERITY_WORDS: Readonly<Record<NoticeSeverity, string>> = {
  info: 'For information',
  warning: 'Warning',
  urgent: 'Urgent',
};

export interface Message {
  /** The same however often it is sent. */
  id: string;
  severity: NoticeSeverity;
  /** What it is about, in a few words. */
  about: string;
  sentence: string;
  /** Where to read on; null where nobody said under which address the service is reached. */
  link: string | null;
}

/** @param publicUrl Without a slash at its end. */
export function messageOf(
  notice: Pick<Notice, 'kind' | 'severity' | 'sentence'> & { id: string; experimentKey: string },
  publicUrl: string | null,
): Message {
  const { id, kind, severity, sentence, experimentKey } = notice;
  return {
    id,
    severity,
    about: `${experimentKey}: ${kind.replaceAll('_', ' ')}`,
    sentence,
    link: publicUrl === null ? null : `${publicUrl}${briefPath(experimentKey)}`,
  };
}

/** Where the page of an experiment is. */
export function briefPath(experimentKey: string): string {
  return `/v1/experiments/${experimentKey}/brief`;
}

/** Slack reads these three as its own: https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The body of an incoming webhook. */
export function slackBody(message: Message): { text: string } {
  const { id, severity, about, sentence, link } = message;
  const lines = [
    `*${SEVERITY_WORDS[severity]}* - ${escaped(about)}`,
    escaped(sentence),
    ...(link === null ? [] : [`<${escaped(link)}|Read on>`]),
    `Notice ${id}`,
  ];
  return { text: lines.join('\n') };
}

/** A plain mail. A subject is a header, so it is one line whatever it is made of. */
export function mailOf(message: Message): { subject: string; text: string } {
  const { id, severity, about, sentence, link } = message;
  const subject = `[Becausal] ${SEVERITY_WORDS[severity]}: ${about}`.replace(/\p{Cc}+/gu, ' ');
  const lines = [sentence, ...(link === null ? [] : [link]), `Notice ${id}`];
  return { subject, text: `${lines.join('\n\n')}\n` };
}
