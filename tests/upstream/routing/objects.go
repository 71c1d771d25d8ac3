package routing

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"
)

// Table is what components/edge/routes writes.
type Table struct {
	Istio      []json.RawMessage `json:"istio"`
	GatewayAPI []json.RawMessage `json:"gatewayAPI"`
	Services   []Service         `json:"services"`
	Requests   []Request         `json:"requests"`
}

// Service is a Kubernetes service.
type Service struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
}

// Request is one request with what must become of it.
type Request struct {
	Host      string   `json:"host"`
	Path      string   `json:"path"`
	Method    string   `json:"method"`
	TLS       bool     `json:"tls"`
	Outcome   string   `json:"outcome"`
	Service   *Service `json:"service"`
	Rewritten string   `json:"rewritten"`
}

// Read is a table of testdata.
func Read(name string) (Table, error) {
	var out Table
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(text, &out)
}

// documents puts manifests, each of which is JSON and so YAML, one after the other.
func documents(all []json.RawMessage) string {
	var parts []string
	for _, m := range all {
		parts = append(parts, string(m))
	}
	return strings.Join(parts, "\n---\n")
}

const (
	namespace = "istio-ingress"
	podIP     = "10.0.0.10"
	// podHTTP and podHTTPS are the ports of the gateway's pods behind 80 and 443.
	podHTTP, podHTTPS = 8080, 8443
)

// cluster is everything in Kubernetes beside the edge's objects: the gateway's
// service and pod, its certificate, the class, and the services behind.
func cluster(t Table) (string, error) {
	cert, err := secret()
	if err != nil {
		return "", err
	}
	objects := []any{
		service(namespace, "gateway-application", map[string]int{"http2": 80, "https": 443}, map[string]int{"http2": podHTTP, "https": podHTTPS}),
		map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "gateway-application-1", "namespace": namespace, "labels": labels("gateway-application")},
			"spec":   map[string]any{"containers": []any{map[string]any{"name": "istio-proxy", "image": "auto"}}},
			"status": map[string]any{"phase": "Running", "podIP": podIP, "podIPs": []any{map[string]any{"ip": podIP}}, "conditions": []any{map[string]any{"type": "Ready", "status": "True"}}}},
		map[string]any{"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
			"metadata":  map[string]any{"name": "gateway-application-1", "namespace": namespace, "labels": map[string]string{"kubernetes.io/service-name": "gateway-application"}},
			"endpoints": []any{map[string]any{"addresses": []string{podIP}, "conditions": map[string]any{"ready": true}, "targetRef": map[string]any{"kind": "Pod", "name": "gateway-application-1", "namespace": namespace}}},
			"ports":     []any{map[string]any{"name": "http2", "port": podHTTP, "protocol": "TCP"}, map[string]any{"name": "https", "port": podHTTPS, "protocol": "TCP"}}},
		map[string]any{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": map[string]any{"name": "istio"},
			"spec": map[string]any{"controllerName": "istio.io/gateway-controller"}},
		cert,
	}
	seen := map[string]bool{}
	for _, s := range t.Services {
		if !seen[s.Namespace] {
			seen[s.Namespace] = true
			objects = append(objects, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": s.Namespace}})
		}
		objects = append(objects, service(s.Namespace, s.Name, map[string]int{"http": s.Port}, nil))
	}
	var raw []json.RawMessage
	for _, o := range objects {
		text, err := json.Marshal(o)
		if err != nil {
			return "", err
		}
		raw = append(raw, text)
	}
	return documents(raw), nil
}

func labels(gateway string) map[string]string { return map[string]string{"istio": gateway} }

func service(namespace, name string, ports, targets map[string]int) map[string]any {
	var list []any
	for key, port := range ports {
		p := map[string]any{"name": key, "port": port, "protocol": "TCP"}
		if target := targets[key]; target != 0 {
			p["targetPort"] = target
		}
		list = append(list, p)
	}
	return map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": name, "namespace": namespace},
		"spec": map[string]any{"clusterIP": "None", "selector": labels(name), "ports": list}}
}

// secret is a certificate that the gateway could serve: Istio refuses a
// listener whose secret holds none.
func secret() (map[string]any, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"*.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
		"metadata": map[string]any{"name": "edge-application", "namespace": namespace},
		"data": map[string][]byte{ // base64 in JSON, as in a Secret
			"tls.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
			"tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		}}, nil
}

// outbound is Istio's name of the cluster of a service.
func outbound(s Service) string {
	return fmt.Sprintf("outbound|%d||%s.%s.svc.cluster.local", s.Port, s.Name, s.Namespace)
}
