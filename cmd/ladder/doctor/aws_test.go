package doctor

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"
)

// api speaks as much of the five services' protocols as the client reads.
type api struct {
	t *testing.T
	// denied is an action that the role may not do.
	denied string
}

type m = map[string]any

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Error(err)
	}
	body := string(text)
	reply := func(status int, v any) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			a.t.Error(err)
		}
	}
	xml := func(status int, text string) {
		w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/") {
		a.t.Errorf("%s is not signed: %s", r.URL, r.Header.Get("Authorization"))
	}
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.Contains(body, "Action=GetCallerIdentity"):
		xml(200, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account><Arn>arn:aws:sts::111111111111:assumed-role/ladder-deployer/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	case target == "AmazonSSM.GetParameter" && strings.Contains(body, "/ladder/up/record"):
		reply(200, m{"Parameter": m{"Name": "/ladder/up/record", "Value": "{}", "Type": "String"}})
	case target == "AmazonSSM.GetParameter":
		reply(400, m{"__type": "ParameterNotFound"})
	case target == "ServiceQuotasV20190624.GetServiceQuota":
		a.quota(body, true, reply)
	case target == "ServiceQuotasV20190624.GetAWSDefaultServiceQuota":
		a.quota(body, false, reply)
	case strings.HasSuffix(r.URL.Path, "/operation/GetMetricStatistics"):
		a.metric(w, body)
	case a.denied != "" && strings.Contains(body, "Action="+a.denied):
		xml(403, `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>x</RequestID></Response>`)
	case strings.Contains(body, "Action=DescribeVpcs") && strings.Contains(body, "Version=2016-11-15"):
		// Items inside an item are no VPCs.
		xml(200, `<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>x</requestId><vpcSet>
			<item><vpcId>vpc-1</vpcId><tagSet><item><key>a</key><value>b</value></item></tagSet></item>
			<item><vpcId>vpc-2</vpcId><cidrBlockAssociationSet><item/><item/></cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse>`)
	case strings.Contains(body, "Action=DescribeAddresses"):
		xml(200, `<DescribeAddressesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>x</requestId><addressesSet/></DescribeAddressesResponse>`)
	default:
		a.t.Errorf("the client asks for %s %s %s %s", r.Method, r.URL, target, body)
		reply(500, m{})
	}
}

func (a *api) quota(body string, applied bool, reply func(int, any)) {
	var in struct{ ServiceCode, QuotaCode string }
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		a.t.Error(err)
	}
	quota := func(value float64, more m) {
		q := m{"ServiceCode": in.ServiceCode, "QuotaCode": in.QuotaCode, "Value": value, "Adjustable": true, "GlobalQuota": false, "Unit": "None"}
		for k, v := range more {
			q[k] = v
		}
		reply(200, m{"Quota": q})
	}
	if in.QuotaCode == quotaALBs.Code && !applied {
		quota(50, nil)
		return
	}
	switch in.QuotaCode {
	case quotaVPCs.Code, quotaAddresses.Code:
		quota(5, nil)
	case quotaOnDemand.Code:
		quota(64, m{"UsageMetric": m{"MetricNamespace": "AWS/Usage", "MetricName": "ResourceCount", "MetricStatisticRecommendation": "Maximum",
			"MetricDimensions": m{"Class": "Standard/OnDemand", "Resource": "vCPU", "Service": "EC2", "Type": "Resource"}}})
	case quotaClusters.Code:
		quota(100, m{"Adjustable": false})
	default:
		reply(400, m{"__type": "NoSuchResourceException", "Message": "The request failed because the specified quota does not exist."})
	}
}

func (a *api) metric(w http.ResponseWriter, body string) {
	for _, needed := range []string{"AWS/Usage", "ResourceCount", "Standard/OnDemand", "Maximum"} {
		if !strings.Contains(body, needed) {
			a.t.Errorf("GetMetricStatistics does not ask for %s: %q", needed, body)
		}
	}
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("smithy-protocol", "rpc-v2-cbor")
	points := cbor.List{cbor.Map{"Maximum": cbor.Float64(12)}, cbor.Map{"Maximum": cbor.Float64(40)}, cbor.Map{"Maximum": cbor.Float64(8)}}
	if _, err := w.Write(cbor.Encode(cbor.Map{"Datapoints": points})); err != nil {
		a.t.Error(err)
	}
}

func connect(t *testing.T, a *api) *Real {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	r, err := NewReal(t.Context(), "ap-northeast-2", config.WithBaseEndpoint(server.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil), config.WithRetryMaxAttempts(1), config.WithRetryMode(aws.RetryModeStandard))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAskingAnAccount(t *testing.T) {
	r := connect(t, &api{t: t})
	id, arn, err := r.Caller(t.Context())
	if err != nil || id != "111111111111" || arn != "arn:aws:sts::111111111111:assumed-role/ladder-deployer/me" {
		t.Errorf("caller %s %s: %v", id, arn, err)
	}
	for stack, want := range map[string]bool{"up": true, "new": false} {
		if got, err := r.Record(t.Context(), stack); err != nil || got != want {
			t.Errorf("record of %s: %v, %v", stack, got, err)
		}
	}
	tests := map[string]struct {
		of   Quota
		want Limit
		err  error
	}{
		"counted by EC2":                {quotaVPCs, Limit{5, true, 2, true}, nil},
		"counted by EC2, none":          {quotaAddresses, Limit{5, true, 0, true}, nil},
		"measured by CloudWatch":        {quotaOnDemand, Limit{64, true, 40, true}, nil},
		"not measured, not adjustable":  {quotaClusters, Limit{100, false, 0, false}, nil},
		"never applied to this account": {quotaALBs, Limit{50, true, 0, false}, nil},
		"a quota that AWS has not":      {quotaNLBs, Limit{}, ErrNoQuota},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := r.Quota(t.Context(), tt.of.Service, tt.of.Code)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %+v, %v; want %+v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestWhatTheRoleMayNotSee(t *testing.T) {
	r := connect(t, &api{t: t, denied: "DescribeVpcs"})
	_, err := r.Quota(t.Context(), quotaVPCs.Service, quotaVPCs.Code)
	want := "what is in use: DescribeVpcs: UnauthorizedOperation: You are not authorized to perform this operation."
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
