import { Check, Column, Entity, PrimaryColumn, Unique, VersionColumn } from 'typeorm';
import type { Market } from '../../domain/evidence/project-facts.js';
import type { CostDeclarations } from '../../domain/money/costs.js';
import type { OrderAmount } from '../../domain/tracking/order-amount.js';

@Entity('project')
@Unique('project_key_uq', ['key'])
@Check('project_order_amount_ck', `order_amount IN ('revenue', 'total')`)
export class ProjectEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'project_pk' })
  id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  /** IANA zone: days and cron are read in it. */
  @Column({ type: 'text' })
  timezone: string;

  /** ISO 4217: the currency profit is reported in. */
  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'jsonb' })
  stages: string[];

  @Column({ type: 'jsonb' })
  costs: CostDeclarations;

  /** `b2b`: accounts are independent, so people of one account count as one voice less. */
  @Column({ type: 'text', default: 'b2c' })
  market: Market;

  /** How long words are kept where a consent names no end. */
  @Column({ type: 'integer', default: 730 })
  retentionDays: number;

  /** Domains of our own e-mail addresses: whoever has one works here. */
  @Column({ type: 'text', array: true, default: '{}' })
  employerDomains: string[];

  /** Which amount of an order that a tracking client reports is income. */
  @Column({ type: 'text', default: 'revenue' })
  orderAmount: OrderAmount;

  @VersionColumn()
  version: number;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
