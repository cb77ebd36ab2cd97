import { checkUrl } from './outbound-url.js';

const TRUSTED = ['chat.lan:8443', '127.0.0.1:9000', '[::1]:9000'];

describe('checkUrl', () => {
  it.each([
    ['https://hooks.slack.com/services/T0/B0/secret', 'hooks.slack.com', 443, false],
    ['https://hooks.slack.com:443/services/T0', 'hooks.slack.com', 443, false],
    ['HTTPS://Hooks.Slack.com/a?b=c#d', 'hooks.slack.com', 443, false],
    ['https://xn--bcher-kva.example/hook', 'xn--bcher-kva.example', 443, false],
    ['https://1.1.1.1/hook', '1.1.1.1', 443, false],
    ['https://[2606:4700::1111]/hook', '2606:4700::1111', 443, false],
    ['https://chat.lan:8443/hook', 'chat.lan', 8443, true],
    ['http://127.0.0.1:9000/hook', '127.0.0.1', 9000, true],
    ['http://[::1]:9000/hook', '::1', 9000, true],
  ])('allows %s', (text, host, port, isTrusted) => {
    expect(checkUrl(text, TRUSTED)).toMatchObject({ is: 'allowed', host, port, isTrusted });
  });

  it.each([
    ['', 'not-a-url'],
    ['hooks.slack.com/services', 'not-a-url'],
    ['//hooks.slack.com/', 'not-a-url'],
    ['https:///hooks.slack.com/services', 'host-forbidden'],
    ['https:hooks.slack.com', 'not-a-url'],
    ['https://hooks.slack.com/a b', 'not-a-url'],
    ['https://hooks.slack.com/\r\nHost: x', 'not-a-url'],
    ['https://hooks.slack.com\\@evil.example/', 'not-a-url'],
    ['https://höoks.example/', 'not-a-url'],
    ['https://①②⑦.0.0.1/', 'not-a-url'],
    [`https://hooks.slack.com/${'a'.repeat(2_000)}`, 'not-a-url'],
    ['https://hooks.slack.com:99999/', 'not-a-url'],
    ['file:///etc/passwd', 'scheme-forbidden'],
    ['ftp://hooks.slack.com/', 'scheme-forbidden'],
    ['gopher://hooks.slack.com/', 'scheme-forbidden'],
    ['http://hooks.slack.com/', 'scheme-forbidden'],
    ['http://hooks.slack.com:443/', 'scheme-forbidden'],
    ['http://chat.lan:8444/', 'scheme-forbidden'],
    ['https://user@hooks.slack.com/', 'userinfo-forbidden'],
    ['https://user:secret@hooks.slack.com/', 'userinfo-forbidden'],
    ['https://@hooks.slack.com/', 'userinfo-forbidden'],
    ['https://hooks.slack.com@127.0.0.1/', 'userinfo-forbidden'],
    ['https://hooks.slack.com:25/', 'port-forbidden'],
    ['https://hooks.slack.com:8443/', 'port-forbidden'],
    ['https://chat.lan:443/', 'host-forbidden'],
    ['https://localhost/', 'host-forbidden'],
    ['https://localhost./', 'host-forbidden'],
    ['https://hooks.slack.com./', 'host-forbidden'],
    ['https://a.localhost/', 'host-forbidden'],
    ['https://metadata.google.internal/', 'host-forbidden'],
    ['https://printer.local/', 'host-forbidden'],
    ['https://router.home.arpa/', 'host-forbidden'],
    ['https://intranet/', 'host-forbidden'],
    ['https://a_b.example/', 'host-forbidden'],
    ['https://-a.example/', 'host-forbidden'],
    ['https://%31%32%37.0.0.1/', 'address-forbidden'],
    ['https://127.0.0.1/', 'address-forbidden'],
    ['https://0x7f.1/', 'address-forbidden'],
    ['https://0x7f000001/', 'address-forbidden'],
    ['https://2130706433/', 'address-forbidden'],
    ['https://017700000001/', 'address-forbidden'],
    ['https://127.1/', 'address-forbidden'],
    ['https://127.0.0.1./', 'address-forbidden'],
    ['https://0/', 'address-forbidden'],
    ['https://0x1010101/', 'host-forbidden'],
    ['https://169.254.169.254/latest/meta-data', 'address-forbidden'],
    ['https://10.0.0.1/', 'address-forbidden'],
    ['https://[::1]/', 'address-forbidden'],
    ['https://[::ffff:127.0.0.1]/', 'address-forbidden'],
    ['https://[::ffff:169.254.169.254]/', 'address-forbidden'],
    ['https://[fd00:ec2::254]/', 'address-forbidden'],
    ['https://[fe80::1]/', 'address-forbidden'],
    ['https://[64:ff9b::7f00:1]/', 'address-forbidden'],
  ])('refuses %s: %s', (text, fault) => {
    expect(checkUrl(text, TRUSTED)).toEqual({ is: 'refused', fault });
  });
});
