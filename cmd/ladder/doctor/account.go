package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Account is what is asked of AWS.
type Account interface {
	// Caller is the account and ARN of the credentials.
	Caller(ctx context.Context) (account, arn string, err error)
	// Quota is what a service quota is now; adjustable says that AWS raises it.
	Quota(ctx context.Context, service, code string) (Limit, error)
	// Record says whether the stack has come up before.
	Record(ctx context.Context, stack string) (bool, error)
}

// Limit is a quota as AWS has it.
type Limit struct {
	Value      int
	Adjustable bool
	// Used is what is in use, with Known false where AWS does not say.
	Used  int
	Known bool
}

// ErrNoQuota is what Quota gives for a code that AWS does not know.
var ErrNoQuota = errors.New("AWS knows no such quota")

// identity says whether they are the deployer's, and whether they are of the
// stack's account at all.
func identity(ctx context.Context, a Account, need Need) ([]Check, bool) {
	account, arn, err := a.Caller(ctx)
	switch {
	case err != nil:
		return []Check{{"credentials", Failed, fmt.Sprintf("there are none that AWS takes: %s", err), "aws sso login, or AWS_PROFILE; see aws sts get-caller-identity"}}, false
	case account != need.AccountID:
		return []Check{{"credentials", Failed, fmt.Sprintf("they are of account %s, %s is in %s", account, need.Stack, need.AccountID), "use a profile of that account: the provider refuses every other"}}, false
	}
	if role := roleOf(arn); role != roleName(need.DeployerRoleARN) {
		return []Check{{"credentials", Failed, fmt.Sprintf("they are of %s, and the clusters know %s as their deployer", arn, need.DeployerRoleARN),
			"assume that role, or correct environment.deployerRoleArn: an up as somebody else makes a cluster that it cannot write to"}}, true
	}
	return []Check{{"credentials", OK, "they are of the deployer, in account " + account, ""}}, true
}

// roleOf is the name of the role behind a session's ARN, which leaves out the
// role's path: arn:aws:sts::<account>:assumed-role/<name>/<session>.
func roleOf(arn string) string {
	parts := strings.Split(arn, "/")
	if len(parts) == 3 && strings.HasSuffix(parts[0], ":assumed-role") {
		return parts[1]
	}
	return ""
}

// roleName is the name in a role's ARN, without its path.
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// quotas compares what the stack takes with what is free.
func quotas(ctx context.Context, a Account, need Need) []Check {
	up, err := a.Record(ctx, need.Stack)
	if err != nil {
		return []Check{{"quotas", Unknown, fmt.Sprintf("whether %s is up already cannot be read: %s", need.Stack, err), "give the role ssm:GetParameter on /ladder/" + need.Stack + "/*"}}
	}
	var out []Check
	for _, q := range need.Quotas {
		limit, err := a.Quota(ctx, q.Service, q.Code)
		if err != nil {
			out = append(out, Check{"quotas", Unknown, fmt.Sprintf("%s (%s) cannot be read: %s", q.Name, q.Code, err), "look at it in the console of Service Quotas"})
			continue
		}
		out = append(out, judge(q, limit, up))
	}
	return out
}

// judge says whether a quota has room. What a stack that is up has is among what
// is in use, and a part of its own may be free again only when it goes.
func judge(q Quota, l Limit, up bool) Check {
	have := fmt.Sprintf("%s: %d", q.Name, l.Value)
	takes := fmt.Sprintf("the stack takes %d (%s)", q.Part, q.Of)
	raise := "have it raised to %d or more: aws service-quotas request-service-quota-increase --service-code " + q.Service + " --quota-code " + q.Code + " --desired-value %d"
	if !l.Adjustable {
		raise = "make the stack smaller, or use another account: AWS does not raise it (%d needed, %d)"
	}
	room := q.Part
	if !up && l.Known {
		room += l.Used
	}
	switch {
	case room > l.Value:
		found := have + ", " + takes
		if l.Known {
			found = fmt.Sprintf("%s, %d in use, %s", have, l.Used, takes)
		}
		return Check{"quotas", Failed, found, fmt.Sprintf(raise, room, room)}
	case up:
		return Check{"quotas", OK, have + ", " + takes + " and is up", ""}
	case !l.Known:
		return Check{"quotas", Unknown, have + ", " + takes + "; AWS does not say how much is in use", ""}
	}
	return Check{"quotas", OK, fmt.Sprintf("%s, %d in use, %s", have, l.Used, takes), ""}
}
