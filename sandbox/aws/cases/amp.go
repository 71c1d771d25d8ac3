package cases

const (
	tWorkspace       = "aws:amp/workspace:Workspace"
	tWorkspaceConfig = "aws:amp/workspaceConfiguration:WorkspaceConfiguration"
)

func workspaces() []Case {
	have := []Step{create(tWorkspace, "w", in{"alias": "dev-main"})}
	return []Case{
		{Rule: "amp.workspace-missing", Sentence: "a configuration of no workspace",
			Then: create(tWorkspaceConfig, "c", in{"workspaceId": "ws-01234567-89ab-cdef-0123-456789abcdef", "retentionPeriodInDays": 150}),
			Text: "ResourceNotFoundException: Workspace not found"},
		{Rule: "amp.retention", Sentence: "a day more than three years", Given: have,
			Then: create(tWorkspaceConfig, "c", in{"workspaceId": "${w}", "retentionPeriodInDays": 1096}),
			Text: "ValidationException: retentionPeriodInDays 1096 is not between 1 and 1095"},
	}
}
