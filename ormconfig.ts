import { DataSource } from 'typeorm';
import { ConfigError } from './src/platform/config/config-error.js';
import { environment } from './src/platform/config/config.js';
import { dataSourceOptions } from './src/platform/database/data-source-options.js';

const url = environment()['DATABASE_URL'];
if (url === undefined || url === '') {
  throw new ConfigError('the TypeORM command line needs DATABASE_URL');
}

/** For the TypeORM command line on compiled output: `typeorm migration:show -d dist/ormconfig.js`. */
export default new DataSource(dataSourceOptions(url));
