import { Injectable } from '@nestjs/common';
import { Conflict } from '../../domain/errors.js';
import { requireValidRates } from '../../domain/money/exchange-rates.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import type { ExchangeRatesDto, StoredExchangeRatesDto } from './dto/exchange-rates.dto.js';

@Injectable()
export class ExchangeRatesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Stores rates that are not there yet, all or none. They are kept as the decimal digits that were
   * sent, not as the nearest binary fraction.
   * @throws Conflict `rate-already-used` when a stored rate has another value
   */
  async store(
    actor: Actor,
    { date, base, rates, source }: ExchangeRatesDto,
  ): Promise<StoredExchangeRatesDto> {
    requireValidRates({ date, base, rates });
    // In one order, so that two writers of the same day wait for each other.
    const currencies = Object.keys(rates).sort();
    const values = currencies.map((currency) => String(rates[currency]));
    const added = await this.transactions.run(async (manager) => {
      const inserted = (await manager.query(
        `INSERT INTO exchange_rate (project_id, date, base, currency, rate, source, created_at)
         SELECT $1, $2, $3, row.currency, row.rate, $6, (SELECT becausal_now())
         FROM unnest($4::text[], $5::numeric[]) AS row (currency, rate)
         ON CONFLICT (project_id, date, base, currency) DO NOTHING
         RETURNING exchange_rate.currency`,
        [actor.projectId, date, base, currencies, values, source],
      )) as { currency: string }[];
      const changed = (await manager.query(
        `SELECT exchange_rate.currency, exchange_rate.rate::text AS rate FROM exchange_rate
         JOIN unnest($4::text[], $5::numeric[]) AS row (currency, rate)
           ON row.currency = exchange_rate.currency
         WHERE exchange_rate.project_id = $1 AND exchange_rate.date = $2
           AND exchange_rate.base = $3 AND exchange_rate.rate <> row.rate
         ORDER BY exchange_rate.currency`,
        [actor.projectId, date, base, currencies, values],
      )) as { currency: string; rate: string }[];
      const first = changed[0];
      if (first !== undefined) {
        throw new Conflict(
          'rate-already-used',
          `On ${date} 1 ${first.currency} is already stored as ${first.rate} ${base}. A stored rate ` +
            'never changes, because results were computed with it.',
          { currency: first.currency, storedRate: first.rate },
        );
      }
      if (inserted.length > 0) {
        await this.audit.record(manager, actor, {
          action: 'exchange-rates.store',
          objectType: 'exchange-rates',
          objectId: `${date}/${base}`,
          after: { rates, source },
        });
      }
      return inserted.length;
    });
    return { date, base, rates, source, added };
  }
}
