import type { EntityManager } from 'typeorm';

/** Something that can be asked in SQL: an entity manager, or a connection of its own. */
export type Queries = Pick<EntityManager, 'query'>;
