import { describeAnalyticsStore } from '../support/analytics-store-conformance.js';
import { openPostgresStore } from '../support/postgres-store-under-test.js';

describeAnalyticsStore('PostgreSQL', openPostgresStore);
