// npm `soap` against the authentication service: reads {"base", "ca", "certificate", "key", "calls": [[operation, service,
// arguments], ...], "version": "1_8"} from standard input, and writes one answer a call, with the order in which it sent the fields.
import fs from 'node:fs';
import https from 'node:https';
import soap from 'soap';

const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
const [ca, cert, key] = [asked.ca, asked.certificate, asked.key].map((file) => fs.readFileSync(file));
const security = new soap.ClientSSLSecurity(key, cert, ca, {});
const httpsAgent = new https.Agent({ ca, cert, key, keepAlive: true });
const clients = {};

async function clientOf(service) {
  clients[service] ??= await soap.createClientAsync(`${asked.base}${service}_${asked.version ?? '1_8'}?wsdl`, { wsdl_options: { httpsAgent } });
  clients[service].setSecurity(security);
  return clients[service];
}

function fieldOrder(xml, operation) {
  const name = operation[0].toUpperCase() + operation.slice(1) + 'Request';
  const body = xml.slice(xml.indexOf(name), xml.lastIndexOf(name));
  return [...body.matchAll(/<(?:\w+:)?(\w+)[ >]/g)].map((found) => found[1]);
}

const answers = [];
for (const [operation, service, fields] of asked.calls) {
  const client = await clientOf(service);
  const [answer] = await client[operation + 'Async'](fields);
  answers.push({ operation, answer, order: fieldOrder(client.lastRequest, operation) });
}
httpsAgent.destroy();
process.stdout.write(JSON.stringify(answers));
