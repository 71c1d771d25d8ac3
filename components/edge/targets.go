package edge

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const (
	// readinessPath is where Istio's agent says that a gateway can serve.
	readinessPath = "/healthz/ready"
	// A pod is asked every ten seconds and counts after two answers: it is in
	// within half a minute, and out before a rollout's next pod goes.
	healthInterval, healthTimeout, healthAnswers = 10, 5, 2
)

// targetGroups makes a group for each entrance and cluster; two for an NLB,
// which carries plain and encrypted streams apart.
func (b *builder) targetGroups() error {
	for _, key := range b.cfg.Entrances() {
		for _, cluster := range b.cfg.Clusters() {
			g := b.args.Clusters[cluster].Gateways[key]
			all := []target{{entrance: key, cluster: cluster, servicePort: portHTTP, podPort: g.HTTPPort}}
			if b.entrances[key].network {
				all[0].role = spec.PortHTTP
				all = append(all, target{entrance: key, cluster: cluster, role: spec.PortTLS, servicePort: portHTTPS, podPort: g.HTTPSPort})
			}
			for _, t := range all {
				if err := b.targetGroup(&t, g.ReadinessPort); err != nil {
					return fmt.Errorf("target group of %s in %s: %w", key, cluster, err)
				}
				b.targets = append(b.targets, t)
			}
		}
	}
	return nil
}

// targetGroup makes one group. Its targets are addresses of pods, so no node
// and no kube-proxy is on the way.
func (b *builder) targetGroup(t *target, readiness int) error {
	e := b.entrances[t.entrance]
	id := b.groupID(*t)
	args := pulumi.Map{
		"vpcId": b.args.Network.VPCID, "targetType": pulumi.String("ip"), "port": pulumi.Int(t.podPort),
		"deregistrationDelay": pulumi.Int(b.deregistration(t.entrance)), "tags": b.tags.For(id),
	}
	health := pulumi.Map{
		"enabled": pulumi.Bool(true), "port": pulumi.String(strconv.Itoa(readiness)),
		"interval": pulumi.Int(healthInterval), "timeout": pulumi.Int(healthTimeout), "healthyThreshold": pulumi.Int(healthAnswers), "unhealthyThreshold": pulumi.Int(healthAnswers),
	}
	if e.network {
		// The address of the client comes with the proxy protocol; the header is
		// sent with health checks too, where no HTTP server expects it, so that
		// they only connect. Which pods are targets Kubernetes' readiness decides.
		args["protocol"], args["proxyProtocolV2"], args["preserveClientIp"] = pulumi.String("TCP"), pulumi.Bool(true), pulumi.String("false")
		args["connectionTermination"] = pulumi.Bool(true) // a stream that outlives the delay would hang, not end
		health["protocol"] = pulumi.String("TCP")
	} else {
		args["protocol"] = pulumi.String("HTTP")
		health["protocol"], health["path"], health["matcher"] = pulumi.String("HTTP"), pulumi.String(readinessPath), pulumi.String("200")
	}
	args["healthCheck"] = health
	t.group = &targetGroup{}
	if err := untyped.Register(b.ctx, tokenTargetGroup, id, args, t.group, b.aws()...); err != nil {
		return err
	}
	return b.healthAlarm(*t, id)
}

// groupID is the logical name of a target group, of which AWS's own is made:
// it does not begin with the component's name, because it has 24 characters.
func (b *builder) groupID(t target) string { return spec.TargetGroup(t.entrance, t.role, t.cluster) }

func (b *builder) deregistration(entrance string) int {
	if entrance == spec.EntranceManagement {
		return b.cfg.Management.DeregistrationSeconds
	}
	return b.cfg.Application.DeregistrationSeconds
}

// Health alarm: three minutes without a healthy gateway is an outage, less a
// rollout. Source: ELB user guides, CloudWatch metrics, HealthyHostCount.
const (
	alarmPeriodSeconds = 60
	alarmPeriods       = 3
)

// healthAlarm rings when no pod of a gateway is healthy.
func (b *builder) healthAlarm(t target, id string) error {
	e := b.entrances[t.entrance]
	namespace := "AWS/ApplicationELB"
	if e.network {
		namespace = "AWS/NetworkELB"
	}
	alarm, err := cloudwatch.NewAlarm(b.ctx, b.id("health-"+id), cloudwatch.AlarmArgs{
		Description: fmt.Sprintf("The %s entrance of %s reaches no healthy gateway in cluster %s", t.entrance, b.args.Stack, t.cluster),
		Namespace:   namespace, Metric: "HealthyHostCount", Statistic: "Maximum",
		Dimensions:    pulumi.StringMap{"LoadBalancer": e.balancer.ARNSuffix, "TargetGroup": t.group.ARNSuffix},
		PeriodSeconds: alarmPeriodSeconds, Periods: alarmPeriods, Compare: cloudwatch.Below, Threshold: 1,
		Silence: cloudwatch.SilenceIsAnAlarm, // a group that nobody reports of has no target
		Topic:   b.args.AlarmTopicARN, Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("health alarm: %w", err)
	}
	b.alarms = append(b.alarms, alarm.Name)
	return nil
}
