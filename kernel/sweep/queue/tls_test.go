package queue

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificate makes one, for this machine, that stands for itself.
func certificate(t *testing.T, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	public, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, name+".pem"), filepath.Join(folder, name+"-key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestTLS(t *testing.T) {
	serverCert, serverKey := certificate(t, "server")
	cert, key := certificate(t, "user")
	otherCert, otherKey := certificate(t, "other")
	host := serve(t, `listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}
tls: {cert_file: "`+serverCert+`", key_file: "`+serverKey+`", ca_file: "`+cert+`", verify: true}`)
	url := "tls://" + host
	dial(t, Access{URL: url, CA: serverCert, Cert: cert, Key: key})
	refused := "queue: " + url + ": cannot connect: "
	wantRefused(t, Access{URL: url, Cert: cert, Key: key}, refused+"nats: tls error: tls: failed to verify certificate: ")
	wantRefused(t, Access{URL: url, CA: serverCert, Cert: otherCert, Key: otherKey}, refused)
	wantRefused(t, Access{URL: url, CA: serverCert}, refused)
	wantRefused(t, Access{URL: url, CA: "nowhere.pem"}, "nowhere.pem: no such file")
}
