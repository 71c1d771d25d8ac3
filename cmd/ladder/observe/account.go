package observe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Account is a real account in one region.
type Account struct {
	eks   *eks.Client
	ssm   *ssm.Client
	watch *cloudwatch.Client
	who   *sts.Client
}

// NewAccount takes credentials from where the AWS CLI takes them.
func NewAccount(ctx context.Context, region string, options ...func(*config.LoadOptions) error) (*Account, error) {
	cfg, err := config.LoadDefaultConfig(ctx, append([]func(*config.LoadOptions) error{config.WithRegion(region)}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("aws configuration: %w", err)
	}
	return &Account{eks.NewFromConfig(cfg), ssm.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg), sts.NewFromConfig(cfg)}, nil
}

// Guard refuses credentials of every account but one.
func (a *Account) Guard(ctx context.Context, id string) error {
	got, err := a.who.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("ask AWS whose credentials these are: %w", err)
	}
	if account := aws.ToString(got.Account); account != id {
		return fmt.Errorf("the credentials are of account %s, the stack is in %s; use credentials of that account", account, id)
	}
	return nil
}

// Get reads a parameter.
func (a *Account) Get(ctx context.Context, name string) (string, error) {
	got, err := a.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	var missing *ssmtypes.ParameterNotFound
	if errors.As(err, &missing) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return aws.ToString(got.Parameter.Value), nil
}

// Put writes a parameter.
func (a *Account) Put(ctx context.Context, name, value string) error {
	_, err := a.ssm.PutParameter(ctx, &ssm.PutParameterInput{Name: &name, Value: &value, Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Facts asks EKS for every cluster and all that is in it, and CloudWatch for the alarm.
func (a *Account) Facts(ctx context.Context, clusters []string, alarm string, since time.Time) (promotion.Facts, error) {
	out := promotion.Facts{Alarm: alarm}
	for _, name := range clusters {
		parts, err := a.cluster(ctx, name)
		if err != nil {
			return out, fmt.Errorf("cluster %s: %w", name, err)
		}
		out.Parts = append(out.Parts, parts...)
	}
	got, err := a.watch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: []string{alarm}, AlarmTypes: []cloudwatchtypes.AlarmType{cloudwatchtypes.AlarmTypeCompositeAlarm},
	})
	if err != nil {
		return out, fmt.Errorf("alarm %s: %w", alarm, err)
	}
	for _, c := range got.CompositeAlarms {
		out.AlarmState = string(c.StateValue)
	}
	if out.AlarmState == "" {
		return out, nil
	}
	out.AlarmLast, err = a.lastAlarm(ctx, alarm, since)
	return out, err
}

// lastAlarm is when an alarm was last in ALARM since a time: when it left that
// state, or went into it. CloudWatch keeps 30 days of it. Source: CloudWatch API
// reference, DescribeAlarmHistory, read 2026-11.
func (a *Account) lastAlarm(ctx context.Context, name string, since time.Time) (time.Time, error) {
	in := &cloudwatch.DescribeAlarmHistoryInput{
		AlarmName: &name, AlarmTypes: []cloudwatchtypes.AlarmType{cloudwatchtypes.AlarmTypeCompositeAlarm},
		HistoryItemType: cloudwatchtypes.HistoryItemTypeStateUpdate, ScanBy: cloudwatchtypes.ScanByTimestampDescending,
	}
	if !since.IsZero() {
		in.StartDate = &since
	}
	pages := cloudwatch.NewDescribeAlarmHistoryPaginator(a.watch, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("history of alarm %s: %w", name, err)
		}
		for _, item := range page.AlarmHistoryItems {
			if alarmed(aws.ToString(item.HistoryData)) {
				return aws.ToTime(item.Timestamp), nil
			}
		}
	}
	return time.Time{}, nil
}

// alarmed says whether a change of state, as CloudWatch writes it down, went
// into ALARM or out of it.
func alarmed(data string) bool {
	var change struct {
		OldState, NewState struct{ StateValue string }
	}
	if json.Unmarshal([]byte(data), &change) != nil {
		return false
	}
	alarm := string(cloudwatchtypes.StateValueAlarm)
	return change.OldState.StateValue == alarm || change.NewState.StateValue == alarm
}

func (a *Account) cluster(ctx context.Context, name string) ([]promotion.Part, error) {
	got, err := a.eks.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name})
	var missing *ekstypes.ResourceNotFoundException
	if errors.As(err, &missing) {
		return []promotion.Part{{Kind: "cluster", Name: name, Status: promotion.Missing}}, nil
	}
	if err != nil {
		return nil, err
	}
	whole := promotion.Part{Kind: "cluster", Name: name, Status: string(got.Cluster.Status)}
	if h := got.Cluster.Health; h != nil {
		for _, i := range h.Issues {
			whole.Issues = append(whole.Issues, issue(string(i.Code), i.Message))
		}
	}
	groups, err := a.nodeGroups(ctx, name)
	if err != nil {
		return nil, err
	}
	addons, err := a.addons(ctx, name)
	if err != nil {
		return nil, err
	}
	return append(append([]promotion.Part{whole}, groups...), addons...), nil
}

func (a *Account) nodeGroups(ctx context.Context, cluster string) ([]promotion.Part, error) {
	var out []promotion.Part
	pages := eks.NewListNodegroupsPaginator(a.eks, &eks.ListNodegroupsInput{ClusterName: &cluster})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list node groups: %w", err)
		}
		for _, name := range page.Nodegroups {
			got, err := a.eks.DescribeNodegroup(ctx, &eks.DescribeNodegroupInput{ClusterName: &cluster, NodegroupName: &name})
			if err != nil {
				return nil, fmt.Errorf("node group %s: %w", name, err)
			}
			part := promotion.Part{Kind: "node group", Name: cluster + "/" + name, Status: string(got.Nodegroup.Status)}
			if h := got.Nodegroup.Health; h != nil {
				for _, i := range h.Issues {
					part.Issues = append(part.Issues, issue(string(i.Code), i.Message))
				}
			}
			out = append(out, part)
		}
	}
	return out, nil
}

func (a *Account) addons(ctx context.Context, cluster string) ([]promotion.Part, error) {
	var out []promotion.Part
	pages := eks.NewListAddonsPaginator(a.eks, &eks.ListAddonsInput{ClusterName: &cluster})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list add-ons: %w", err)
		}
		for _, name := range page.Addons {
			got, err := a.eks.DescribeAddon(ctx, &eks.DescribeAddonInput{ClusterName: &cluster, AddonName: &name})
			if err != nil {
				return nil, fmt.Errorf("add-on %s: %w", name, err)
			}
			part := promotion.Part{Kind: "add-on", Name: cluster + "/" + name, Status: string(got.Addon.Status)}
			if h := got.Addon.Health; h != nil {
				for _, i := range h.Issues {
					part.Issues = append(part.Issues, issue(string(i.Code), i.Message))
				}
			}
			out = append(out, part)
		}
	}
	return out, nil
}

// issue is EKS's code with its message, if it has one.
func issue(code string, message *string) string {
	if m := aws.ToString(message); m != "" {
		return code + " (" + m + ")"
	}
	return code
}
