package observe

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

var now = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

const record = `{"version":2,"stack":"ladder/stg","release":"2026.11","releaseDigest":"d","since":"2026-11-20T00:00:00Z","slots":{}}`

func TestRunOnTheSimulatedCloud(t *testing.T) {
	const scope = "222222222222/ap-northeast-2"
	parts := []*world.Object{
		{Kind: kindCluster, ID: "stg-main", State: "ACTIVE"},
		{Kind: kindNodeGroup, ID: "stg-main:general", State: "ACTIVE", Attrs: map[string]any{"clusterName": "stg-main"}},
		{Kind: kindAddon, ID: "stg-main:coredns", State: "ACTIVE", Attrs: map[string]any{"clusterName": "stg-main"}},
		{Kind: kindAddon, ID: "other:coredns", State: "DEGRADED", Attrs: map[string]any{"clusterName": "other"}},
		{Kind: kindParameter, ID: "/ladder/stg/record", Attrs: map[string]any{"value": record}},
	}
	cases := map[string]struct {
		more []*world.Object
		want []string
	}{
		"all is well, and another stack's add-on does not count": {nil, nil},
		"a degraded add-on": {[]*world.Object{{Kind: kindAddon, ID: "stg-main:vpc-cni", State: "DEGRADED", Attrs: map[string]any{"clusterName": "stg-main"}}}, []string{"add-on stg-main/vpc-cni is DEGRADED"}},
		"a drifted cluster": {[]*world.Object{{Kind: kindCluster, ID: "stg-main", State: "ACTIVE", Attrs: map[string]any{"status": "FAILED"}}}, []string{"cluster stg-main is FAILED"}},
		"a quiet alarm":     {[]*world.Object{{Kind: kindAlarm, ID: "stg-health"}}, nil},
		"an alarm gone off": {[]*world.Object{{Kind: kindAlarm, ID: "stg-health", State: "ALARM"}}, []string{"alarm stg-health has gone off"}},
		"an alarm that is over": {[]*world.Object{{Kind: kindAlarm, ID: "stg-health", State: "OK"}, {Kind: kindHistory, ID: "stg-health", Attrs: map[string]any{"changes": []any{
			map[string]any{"at": "2026-11-20T10:00:00Z", "from": "OK", "to": "ALARM"}, map[string]any{"at": "2026-11-20T11:30:00Z", "from": "ALARM", "to": "OK"}}}}},
			[]string{"alarm stg-health had gone off until 2026-11-20 11:30 UTC"}},
		"an alarm that was over before the release ran": {[]*world.Object{{Kind: kindAlarm, ID: "stg-health", State: "OK"}, {Kind: kindHistory, ID: "stg-health", Attrs: map[string]any{"changes": []any{
			map[string]any{"at": "2026-11-19T11:30:00Z", "from": "ALARM", "to": "OK"}}}}}, nil},
		"damage starts anew": {[]*world.Object{{Kind: kindParameter, ID: "/ladder/stg/observation", Attrs: map[string]any{"value": "{"}}}, []string{"the observation before could not be read, so the soak begins again"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := world.New(7, now)
			if err := w.Tx(func(tx *world.Tx) error {
				for _, o := range append(parts, c.more...) {
					o.Scope = scope
					tx.Put(o)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			cloud := Simulated{World: w, Scope: scope}
			seen, err := Run(t.Context(), cloud, "stg", []string{"stg-main"}, now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, seen.Reasons); diff != "" || (seen.LastBad["2026.11"].IsZero() != (len(c.want) == 0)) {
				t.Errorf("last bad %v, reasons (-want +got):\n%s", seen.LastBad, diff)
			}
			text, err := cloud.Get(t.Context(), "/ladder/stg/observation")
			if err != nil {
				t.Fatal(err)
			}
			written, err := promotion.DecodeObservation(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&seen, written, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("written (-said +written):\n%s", diff)
			}
		})
	}
}

func TestRunWithoutARecord(t *testing.T) {
	_, err := Run(t.Context(), Simulated{World: world.New(7, now), Scope: "x/y"}, "stg", nil, now)
	if err == nil || !strings.Contains(err.Error(), "stg has no record, so there is nothing to observe") {
		t.Errorf("got %v", err)
	}
}

// api speaks as much of the four services' protocols as the client reads.
type api struct {
	t     *testing.T
	lock  sync.Mutex
	param map[string]string
	alarm string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.lock.Lock()
	defer a.lock.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Error(err)
	}
	reply := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			a.t.Error(err)
		}
	}
	type m = map[string]any
	switch target := r.Header.Get("X-Amz-Target"); {
	case target == "AmazonSSM.GetParameter":
		name := a.named(body)
		value, ok := a.param[name]
		if !ok {
			reply(400, m{"__type": "ParameterNotFound", "message": "no " + name})
			return
		}
		reply(200, m{"Parameter": m{"Name": name, "Value": value, "Type": "String"}})
	case target == "AmazonSSM.PutParameter":
		var in struct{ Name, Value, Type string }
		if err := json.Unmarshal(body, &in); err != nil || in.Type != "String" {
			a.t.Errorf("PutParameter %s: %v", body, err)
		}
		a.param[in.Name] = in.Value
		reply(200, m{"Version": 1})
	case strings.HasSuffix(r.URL.Path, "/operation/DescribeAlarms"):
		if !strings.Contains(string(body), "stg-health") || !strings.Contains(string(body), "CompositeAlarm") {
			a.t.Errorf("DescribeAlarms asks for %q", body)
		}
		w.Header().Set("Content-Type", "application/cbor")
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		if _, err := w.Write(cbor.Encode(cbor.Map{"CompositeAlarms": cbor.List{cbor.Map{"AlarmName": cbor.String("stg-health"), "StateValue": cbor.String(a.alarm)}}})); err != nil {
			a.t.Error(err)
		}
	case strings.HasSuffix(r.URL.Path, "/operation/DescribeAlarmHistory"):
		if !strings.Contains(string(body), "stg-health") || !strings.Contains(string(body), "StateUpdate") {
			a.t.Errorf("DescribeAlarmHistory asks for %q", body)
		}
		item := func(at time.Time, from, to string) cbor.Value {
			return cbor.Map{"Timestamp": cbor.Tag{ID: 1, Value: cbor.Uint(at.Unix())}, "HistoryData": cbor.String(`{"version":"1.0","oldState":{"stateValue":"` + from + `"},"newState":{"stateValue":"` + to + `"}}`)}
		}
		w.Header().Set("Content-Type", "application/cbor")
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		items := cbor.List{item(now.Add(-time.Hour), "INSUFFICIENT_DATA", "OK"), item(now.Add(-2*time.Hour), "ALARM", "INSUFFICIENT_DATA"), item(now.Add(-3*time.Hour), "OK", "ALARM")}
		if _, err := w.Write(cbor.Encode(cbor.Map{"AlarmHistoryItems": items})); err != nil {
			a.t.Error(err)
		}
	case strings.Contains(string(body), "Action=GetCallerIdentity"):
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>222222222222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	case r.URL.Path == "/clusters/stg-main":
		reply(200, m{"cluster": m{"name": "stg-main", "status": "ACTIVE", "health": m{"issues": []any{m{"code": "KmsKeyDisabled", "message": "the key is off"}}}}})
	case r.URL.Path == "/clusters/stg-main/node-groups":
		reply(200, m{"nodegroups": []string{"general"}})
	case r.URL.Path == "/clusters/stg-main/node-groups/general":
		reply(200, m{"nodegroup": m{"status": "DEGRADED", "health": m{"issues": []any{m{"code": "AsgInstanceLaunchFailures"}}}}})
	case r.URL.Path == "/clusters/stg-main/addons":
		if r.URL.Query().Get("nextToken") == "" {
			reply(200, m{"addons": []string{"vpc-cni"}, "nextToken": "2"})
			return
		}
		reply(200, m{"addons": []string{"coredns"}})
	case strings.HasPrefix(r.URL.Path, "/clusters/stg-main/addons/"):
		reply(200, m{"addon": m{"status": "ACTIVE", "health": m{"issues": []any{}}}})
	case r.URL.Path == "/clusters/gone":
		w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
		reply(404, m{"message": "No cluster found for name: gone."})
	default:
		a.t.Errorf("the client asks for %s %s %s", r.Method, r.URL, target)
		reply(500, m{})
	}
}

func (a *api) named(body []byte) string {
	var in struct{ Name string }
	if err := json.Unmarshal(body, &in); err != nil {
		a.t.Error(err)
	}
	return in.Name
}

func TestRunOnAnAccount(t *testing.T) {
	a := &api{t: t, param: map[string]string{"/ladder/stg/record": record}, alarm: "ALARM"}
	server := httptest.NewServer(a)
	defer server.Close()
	account, err := NewAccount(t.Context(), "ap-northeast-2", config.WithBaseEndpoint(server.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil), config.WithRetryMaxAttempts(1), config.WithRetryMode(aws.RetryModeStandard))
	if err != nil {
		t.Fatal(err)
	}
	if err := account.Guard(t.Context(), "222222222222"); err != nil {
		t.Error(err)
	}
	if err := account.Guard(t.Context(), "333333333333"); err == nil || !strings.Contains(err.Error(), "the credentials are of account 222222222222, the stack is in 333333333333") {
		t.Errorf("credentials of another account: %v", err)
	}
	seen, err := Run(t.Context(), account, "stg", []string{"gone", "stg-main"}, now)
	if err != nil {
		t.Fatal(err)
	}
	want := promotion.Observation{Date: now, Release: "2026.11", Health: promotion.Bad, LastBad: map[string]time.Time{"2026.11": now}, Reasons: []string{
		"cluster gone is missing", "cluster stg-main: KmsKeyDisabled (the key is off)",
		"node group stg-main/general is DEGRADED: AsgInstanceLaunchFailures", "alarm stg-health has gone off",
	}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("observation (-want +got):\n%s", diff)
	}
	facts, err := account.Facts(t.Context(), nil, "stg-health", now.Add(-24*time.Hour))
	if err != nil || !facts.AlarmLast.Equal(now.Add(-2*time.Hour)) {
		t.Errorf("the alarm last rang at %v, want %v: %v", facts.AlarmLast, now.Add(-2*time.Hour), err)
	}
	written, err := promotion.DecodeObservation(a.param["/ladder/stg/observation"])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, written); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}
