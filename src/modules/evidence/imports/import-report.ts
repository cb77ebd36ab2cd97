import type { ImportedFileDto, StudyImportDto } from './import.dto.js';

/** What became of each file of one import, and whether there is time for more. */
export class ImportReport {
  private readonly files: ImportedFileDto[] = [];
  private readonly until: number;

  constructor(workMsMax: number) {
    this.until = performance.now() + workMsMax;
  }

  add(file: ImportedFileDto): void {
    this.files.push(file);
  }

  /** Never before something new is in: otherwise the same file sent again would not go on. */
  isTimeUp(): boolean {
    return this.having('imported') > 0 && performance.now() > this.until;
  }

  of(studyId: string): StudyImportDto {
    return {
      studyId,
      complete: this.having('pending') === 0,
      imported: this.having('imported'),
      failed: this.having('failed'),
      files: this.files,
    };
  }

  private having(status: ImportedFileDto['status']): number {
    return this.files.filter((file) => file.status === status).length;
  }
}
