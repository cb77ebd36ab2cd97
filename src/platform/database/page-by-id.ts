import { type EntityManager, type FindOptionsWhere, MoreThan, type ObjectLiteral } from 'typeorm';
import { type Page, pageOf, type PageRequest } from '../http/page.js';

/** One page of a project's rows, oldest first: ids sort by the time they were made. */
export async function pageById<E extends ObjectLiteral & { projectId: string; id: string }, T>(
  manager: EntityManager,
  entity: new () => E,
  projectId: string,
  page: PageRequest,
  show: (row: E) => T,
): Promise<Page<T>> {
  const after = page.after === null ? {} : { id: MoreThan(page.after) };
  const rows = await manager.find(entity, {
    where: { projectId, ...after } as FindOptionsWhere<E>,
    order: { id: 'ASC' } as never,
    take: page.limit + 1,
  });
  return pageOf(rows, page.limit, show);
}
