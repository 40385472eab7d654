/** The least port that anybody may listen on; below it are services of the system. */
const FIRST_FREE_PORT = 1024;

/**
 * Ports above 1023 of services that are not HTTP and might take a line of a request for a command:
 * those that the Fetch Standard blocks (section 2.9, "port blocking"), databases, queues, Docker.
 */
const OTHER_SERVICES: ReadonlySet<number> = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668],
  ...[6669, 6679, 6697, 10080],
  ...[1433, 1521, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5433, 5672, 5900, 6379, 6432],
  ...[7000, 7001, 9042, 9092, 9200, 9300, 10250, 11211, 27017],
]);

/** Whether an endpoint may listen there: 80, 443, or above 1023 and not known for something else. */
export function isEndpointPort(port: number): boolean {
  if (port === 80 || port === 443) return true;
  return port >= FIRST_FREE_PORT && !OTHER_SERVICES.has(port);
}

/** The port of a URL of http or https. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
