package istio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/webhooks/validation/server"
	admission "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Webhook is istiod's validating webhook, asked without a network.
type Webhook struct{ mux *http.ServeMux }

// NewWebhook serves the kinds that istiod's webhook serves.
func NewWebhook() (*Webhook, error) {
	mux := http.NewServeMux()
	if _, err := server.New(server.Options{Schemas: collections.Istio, DomainSuffix: "cluster.local", Mux: mux}); err != nil {
		return nil, fmt.Errorf("Istio's webhook: %w", err)
	}
	return &Webhook{mux: mux}, nil
}

// Kinds are the kinds that the webhook decides on, as group/Kind.
func Kinds() []string {
	var out []string
	for _, s := range collections.Istio.All() {
		if s := s.GroupVersionKind(); strings.HasSuffix(s.Group, ".istio.io") {
			out = append(out, s.Group+"/"+s.Kind)
		}
	}
	slices.Sort(out)
	return out
}

// Judge sends one object as the API server would, and returns the refusal and the warnings.
func (w *Webhook) Judge(o unstructured.Unstructured) (warnings []string, err error) {
	raw, err := json.Marshal(o.Object)
	if err != nil {
		return nil, err
	}
	kind := o.GroupVersionKind()
	body, err := json.Marshal(admission.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admission.AdmissionRequest{
			UID: "judge", Operation: admission.Create, Name: o.GetName(), Namespace: o.GetNamespace(),
			Kind: metav1.GroupVersionKind{Group: kind.Group, Version: kind.Version, Kind: kind.Kind}, Object: runtime.RawExtension{Raw: raw},
		},
	})
	if err != nil {
		return nil, err
	}
	request := httptest.NewRequest(http.MethodPost, "/validate", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.mux.ServeHTTP(answer, request)
	var review admission.AdmissionReview
	if err := json.Unmarshal(answer.Body.Bytes(), &review); err != nil {
		return nil, fmt.Errorf("Istio's webhook answered %d: %s", answer.Code, answer.Body)
	}
	if review.Response == nil {
		return nil, errors.New("Istio's webhook answered without a decision")
	}
	if !review.Response.Allowed {
		return review.Response.Warnings, errors.New(review.Response.Result.Message)
	}
	return review.Response.Warnings, nil
}
