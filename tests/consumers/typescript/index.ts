// Another team's program: it needs to know where the platform's clusters are and
// which addresses their traffic comes from.
import * as pulumi from "@pulumi/pulumi";
import { Contract } from "./contract";

const settings = new pulumi.Config();
const platform = new pulumi.StackReference(settings.require("platform"))
    .requireOutput("contract")
    .apply((c: Contract) => {
        if (c.version !== "v1") {
            throw new Error(`this program reads v1, and the platform wrote ${c.version}`);
        }
        return c;
    });

export const release = platform.apply(c => c.release);
export const endpoints = platform.apply(c =>
    Object.entries(c.clusters).map(([key, cluster]) => ({ key, endpoint: cluster.endpoint, mesh: cluster.mesh?.dataPlane ?? "none" })));
export const allowList = platform.apply(c =>
    Object.values(c.networks).map(n => n.natAddresses).reduce((all, some) => all.concat(some), []));
export const hosts = platform.apply(c => c.edge?.applicationHosts ?? []);
