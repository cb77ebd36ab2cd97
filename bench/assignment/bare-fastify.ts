import Fastify from 'fastify';

/**
 * What the service is held against: Fastify alone, with its own parser, in a process of its own. It
 * reads a body and gives the same answer to everybody, as the service would give it to one unit: about
 * one flag, or about all of them. It is told these over the channel to its parent and tells its address.
 */
process.once('message', ({ one, all }: { one: object; all: object }) => {
  const fastify = Fastify();
  fastify.post('/one', (_request, reply) => {
    void reply.send(one);
  });
  fastify.post('/all', (_request, reply) => {
    void reply.header('content-type', 'application/json').send(JSON.stringify(all));
  });
  fastify.listen({ port: 0, host: '127.0.0.1' }).then(
    (url) => process.send?.(url),
    (error: unknown) => {
      throw error;
    },
  );
});
process.once('disconnect', () => process.exit(0));
