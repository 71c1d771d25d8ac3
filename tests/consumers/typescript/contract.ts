// What a ladder stack tells other teams: contract v1.
// Printed by: ladder contract types
export interface Contract {
    /** AccountID of AWS, 12 digits. */
    accountId: string;
    /** Clusters by key. A key never changes its meaning. */
    clusters: Record<string, {
        /** ARN of the cluster. */
        arn: string;
        /** CertificateAuthority is the PEM bundle of the endpoint in base64, as EKS gives it. */
        certificateAuthority: string;
        /** ClusterSecurityGroupID is the group that EKS puts on the control plane and the nodes. */
        clusterSecurityGroupId: string;
        /** Endpoint is the URL of the Kubernetes API; usually it resolves to private addresses only. */
        endpoint: string;
        /** Kubernetes is the minor of Release, for example 1.35. */
        kubernetes: string;
        /** Mesh is Istio in the cluster; left out where there is none. */
        mesh?: {
            /** DataPlane is ambient or sidecar; a namespace may differ. */
            dataPlane: "ambient" | "sidecar";
            /** Gateways that let clients in, by key. */
            gateways: Record<string, {
                /** Namespace of the gateway's pods and service. */
                namespace: string;
                /** Service that the load balancer's targets come from. */
                service: string;
            }>;
            /** Namespaces that are in the mesh. */
            namespaces: Array<string>;
            /** Network is the mesh network that the cluster's pods are on. */
            network: string;
            /** TrustDomain is the first part of every workload's identity. */
            trustDomain: string;
        };
        /** Name in AWS. */
        name: string;
        /** Network is the key of the network that the cluster lives in. */
        network: string;
        /** NodeRoleARN is the IAM role of the nodes, for policies of registries and buckets. */
        nodeRoleArn: string;
        /** Observability watches the cluster; left out where nothing does. */
        observability?: {
            /** GrafanaURL for people, or inside the cluster where no other is known; empty without Grafana. */
            grafanaUrl: string;
            /** Namespace of everything that observes the cluster. */
            namespace: string;
            /** OTLPEndpoint is host:port of the collector of traces, OTLP over gRPC, from inside the cluster; empty without traces. */
            otlpEndpoint: string;
            /** RemoteWriteURL takes metrics by Prometheus's remote write; empty where nothing does. */
            remoteWriteUrl: string;
        };
        /** OIDCIssuer is the URL of the cluster's token issuer, for IAM roles of other accounts. In the cluster's own account use EKS Pod Identity. */
        oidcIssuer: string;
        /** Release that the cluster runs. */
        release: string;
    }>;
    /** Edge is the way in from outside; absent in a stack without one. */
    edge?: {
        /** Addresses that the application entrance keeps; empty where they change. */
        addresses: Array<string>;
        /** ApplicationDNSName is the application load balancer's own name; empty where there is none. */
        applicationDnsName: string;
        /** ApplicationHosts are the DNS names that the application entrance answers. */
        applicationHosts: Array<string>;
        /** Domain that every host lies in, for example dev.example.com. */
        domain: string;
        /** ManagementDNSName is the management load balancer's own name; empty where there is none. */
        managementDnsName: string;
        /** ManagementHosts are the DNS names that the management entrance answers. */
        managementHosts: Array<string>;
        /** NameServers of a zone that the stack made, for whoever delegates to it; empty for a zone that existed. */
        nameServers: Array<string>;
        /** ZoneID of the domain's public hosted zone. */
        zoneId: string;
    };
    /** Kubernetes is the minor of Release, for example 1.35. */
    kubernetes: string;
    /** Networks by key. A key never changes its meaning. */
    networks: Record<string, {
        /** CIDRs are all IPv4 blocks of the VPC, the primary one first. */
        cidrs: Array<string>;
        /** NATAddresses are the public addresses that traffic of the network comes from, for other people's allow lists. Empty without NAT, and for an existing VPC, whose owner knows them. */
        natAddresses: Array<string>;
        /** PodSubnets hold pods; empty when pods take addresses of the private subnets. */
        podSubnets: Record<string, string>;
        /** PrivateSubnets hold nodes and internal load balancers. */
        privateSubnets: Record<string, string>;
        /** PublicSubnets hold load balancers that face the internet; an existing VPC may have none. */
        publicSubnets: Record<string, string>;
        /** VPCID such as vpc-0abc1234def567890. */
        vpcId: string;
        /** Zones are zone IDs in the order of the stack file. */
        zones: Array<string>;
    }>;
    /** Region of everything below, for example ap-northeast-2. */
    region: string;
    /** Release that the stack runs, for example 2026.08. A cluster may be one behind. */
    release: string;
    /** Stack that wrote it, for example prd-usw2. */
    stack: string;
    /** Stage that the stack belongs to. */
    stage: "dev" | "stg" | "prd";
    /** Version of the contract: v1. */
    version: "v1";
}
