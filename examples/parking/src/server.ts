// Serves the subgraph until it is told to stop: `PORT=4001 HOST=127.0.0.1 node dist/server.js`.
import { createServer } from 'node:http';
import { app } from './app.js';

const REQUEST_TIMEOUT_MS = 10_000;

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 4001);
const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, app);
server.on('error', (error) => {
  console.error(`Parking cannot listen on ${host}:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, host, () => console.log(`Parking (sample data) at http://${host}:${port}/graphql`));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
