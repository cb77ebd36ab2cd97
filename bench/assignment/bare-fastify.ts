import Fastify from 'fastify';

/**
 * What the service is held against: Fastify alone, with its own parser, in a process of its own. One
 * route answers a constant; the other turns an answer about all flags into text, every time. It is
 * told that answer over the channel to its parent and tells its address.
 */
process.once('message', (answer: unknown) => {
  const fastify = Fastify();
  fastify.post('/constant', async () => ({ ok: true }));
  fastify.post('/stringified', (_request, reply) => {
    void reply.header('content-type', 'application/json').send(JSON.stringify(answer));
  });
  fastify.listen({ port: 0, host: '127.0.0.1' }).then(
    (url) => process.send?.(url),
    (error: unknown) => {
      throw error;
    },
  );
});
process.once('disconnect', () => process.exit(0));
