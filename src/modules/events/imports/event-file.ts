/** Formats of a file of events, by the media type it is sent under. */
export const EVENT_FILE_FORMATS = ['ndjson', 'csv'] as const;
export type EventFileFormat = (typeof EVENT_FILE_FORMATS)[number];

export const FORMAT_OF_TYPE: Readonly<Record<string, EventFileFormat>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
};

/** One event of a file: what its line says, or an `EventFault` where it says nothing. */
export interface FileItem {
  value: unknown;
  /** Where it stands, counted from 1; where it ends, if a quoted cell spans several lines. */
  line: number;
  /** Bytes of the file up to and with this line. */
  bytesRead: number;
}

/** Cuts a file, given in pieces of any size, into its events. */
export interface EventFileReader {
  /** @throws Invalid when the file cannot be read any further */
  feed(piece: Buffer): Promise<FileItem[]>;
  /** The file ends here. */
  end(): Promise<FileItem[]>;
  /** Items that stood before what `feed` or `end` could not read. */
  rest(): FileItem[];
}
