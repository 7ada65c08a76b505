import type { FastifyInstance } from 'fastify';
import { type Config, ConfigError } from '../config/config.ts';

/** Explanations of a wrong HOST, by the system's error code for listening there. */
const hostFaults: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is the name of no machine',
  EAI_AGAIN: 'is a name that can not be looked up now',
  EINVAL: 'is no address to listen on',
};

/**
 * Connections that the system holds until the process accepts them. It drops what comes beyond, whoever it is from, and a
 * client tries again after a second. Linux allows as many as `net.core.somaxconn` says, 4,096 by default.
 */
const backlog = 4096;

/**
 * Opens the port.
 * @throws ConfigError that names HOST or PORT if one of them is wrong
 */
export async function listen(
  http: FastifyInstance,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<void> {
  try {
    await http.listen({ host, port, backlog });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EACCES')
      throw new ConfigError(`PORT: ${port} takes rights that this process does not have`);
    const fault = hostFaults[code];
    if (fault === undefined) throw error;
    throw new ConfigError(
      `HOST: ${host} ${fault}; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses`,
    );
  }
}
