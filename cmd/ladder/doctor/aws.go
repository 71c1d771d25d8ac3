package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	quotatypes "github.com/aws/aws-sdk-go-v2/service/servicequotas/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Real is a real account in one region.
type Real struct {
	cfg    aws.Config
	who    *sts.Client
	params *ssm.Client
	quotas *servicequotas.Client
	watch  *cloudwatch.Client
	now    func() time.Time
}

// NewReal takes credentials from where the AWS CLI takes them.
func NewReal(ctx context.Context, region string, options ...func(*config.LoadOptions) error) (*Real, error) {
	cfg, err := config.LoadDefaultConfig(ctx, append([]func(*config.LoadOptions) error{config.WithRegion(region)}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("aws configuration: %w", err)
	}
	return &Real{cfg, sts.NewFromConfig(cfg), ssm.NewFromConfig(cfg), servicequotas.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg), time.Now}, nil
}

// Caller asks STS.
func (r *Real) Caller(ctx context.Context) (account, arn string, err error) {
	got, err := r.who.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", "", err
	}
	return aws.ToString(got.Account), aws.ToString(got.Arn), nil
}

// Record asks for the parameter that every successful up writes.
func (r *Real) Record(ctx context.Context, stack string) (bool, error) {
	name := "/ladder/" + stack + "/record"
	_, err := r.params.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	var missing *ssmtypes.ParameterNotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}

// Quota asks Service Quotas, and CloudWatch or EC2 for what is in use.
func (r *Real) Quota(ctx context.Context, service, code string) (Limit, error) {
	quota, err := r.applied(ctx, service, code)
	if err != nil {
		return Limit{}, err
	}
	if quota == nil || quota.Value == nil {
		return Limit{}, ErrNoQuota
	}
	out := Limit{Value: int(*quota.Value), Adjustable: quota.Adjustable}
	switch {
	case code == quotaVPCs.Code:
		out.Used, err = r.count(ctx, "DescribeVpcs", "vpcSet")
		out.Known = err == nil
	case code == quotaAddresses.Code:
		out.Used, err = r.count(ctx, "DescribeAddresses", "addressesSet")
		out.Known = err == nil
	case quota.UsageMetric != nil && aws.ToString(quota.UsageMetric.MetricName) != "":
		out.Used, out.Known, err = r.used(ctx, quota.UsageMetric)
	}
	if err != nil {
		return Limit{}, fmt.Errorf("what is in use: %w", err)
	}
	return out, nil
}

// applied is a quota of this account; where none was ever applied to it, AWS
// answers that there is no such thing, and its default counts. Source:
// hashicorp/terraform-provider-aws#19745, read 2026-11.
func (r *Real) applied(ctx context.Context, service, code string) (*quotatypes.ServiceQuota, error) {
	got, err := r.quotas.GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{ServiceCode: &service, QuotaCode: &code})
	var missing *quotatypes.NoSuchResourceException
	if err == nil {
		return got.Quota, nil
	}
	if !errors.As(err, &missing) {
		return nil, err
	}
	general, err := r.quotas.GetAWSDefaultServiceQuota(ctx, &servicequotas.GetAWSDefaultServiceQuotaInput{ServiceCode: &service, QuotaCode: &code})
	if errors.As(err, &missing) {
		return nil, ErrNoQuota
	}
	if err != nil {
		return nil, err
	}
	return general.Quota, nil
}

// used asks CloudWatch for the metric that Service Quotas names: the most of the
// last hour. Without data, nothing was in use or AWS does not say.
func (r *Real) used(ctx context.Context, m *quotatypes.MetricInfo) (int, bool, error) {
	end := r.now()
	start := end.Add(-time.Hour)
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: m.MetricNamespace, MetricName: m.MetricName, StartTime: &start, EndTime: &end, Period: aws.Int32(3600),
		Statistics: []cloudwatchtypes.Statistic{cloudwatchtypes.StatisticMaximum},
	}
	for name, value := range m.MetricDimensions {
		in.Dimensions = append(in.Dimensions, cloudwatchtypes.Dimension{Name: aws.String(name), Value: aws.String(value)})
	}
	got, err := r.watch.GetMetricStatistics(ctx, in)
	if err != nil {
		return 0, false, err
	}
	most, known := 0, false
	for _, d := range got.Datapoints {
		most, known = max(most, int(aws.ToFloat64(d.Maximum))), true
	}
	return most, known, nil
}

// mostBytes of an answer of EC2: a region has at most some hundred VPCs.
const mostBytes = 8 << 20

// count asks EC2 for a list and counts its items. The SDK's client of EC2 is the
// largest of all, and this is two questions of its query protocol. Source: EC2
// API reference, DescribeVpcs and DescribeAddresses, version 2016-11-15.
func (r *Real) count(ctx context.Context, action, set string) (int, error) {
	address := "https://ec2." + r.cfg.Region + ".amazonaws.com/"
	if r.cfg.BaseEndpoint != nil {
		address = *r.cfg.BaseEndpoint + "/"
	}
	body := url.Values{"Action": {action}, "Version": {"2016-11-15"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	keys, err := r.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, keys, req, hex.EncodeToString(sum[:]), "ec2", r.cfg.Region, r.now()); err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostBytes))
	if err != nil {
		return 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, refused(action, answer.StatusCode, text)
	}
	return items(text, set)
}

// items counts the direct children called item of an element.
func items(text []byte, set string) (int, error) {
	d, depth, inside, n := xml.NewDecoder(bytes.NewReader(text)), 0, 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return 0, fmt.Errorf("the answer is not XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case t.Name.Local == set && inside == 0:
				inside = depth
			case t.Name.Local == "item" && inside > 0 && depth == inside+1:
				n++
			}
		case xml.EndElement:
			if depth == inside {
				inside = 0
			}
			depth--
		}
	}
}

// refused is EC2's error, with its own code and words.
func refused(action string, status int, text []byte) error {
	var said struct {
		Errors []struct {
			Code, Message string
		} `xml:"Errors>Error"`
	}
	if xml.Unmarshal(text, &said) == nil && len(said.Errors) > 0 {
		return fmt.Errorf("%s: %s: %s", action, said.Errors[0].Code, said.Errors[0].Message)
	}
	return fmt.Errorf("%s: HTTP %d", action, status)
}
