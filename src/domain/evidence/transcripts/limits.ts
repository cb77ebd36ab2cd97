/** What one stored transcript may hold, whichever way it came in. */

/** One turn is a spoken paragraph; a whole talk has hundreds of them. */
export const TURNS_MAX = 10_000;
/** Code points of one turn. */
export const TURN_TEXT_MAX = 50_000;
/** Code points of a speaker's name, as for every name. */
export const SPEAKER_MAX = 200;
/** Lines of a text; more are no talk, and each costs time. */
export const LINES_MAX = 500_000;
/** A later time is a fault of the file: no interview lasts a hundred hours. */
export const START_MS_MAX = 100 * 3_600_000;
/** A longer silence between two cues of one speaker begins a new turn. */
export const TURN_GAP_MS_MAX = 60_000;
