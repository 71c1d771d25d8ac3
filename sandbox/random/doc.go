// Package random is the random provider of the simulated cloud: RandomId,
// RandomPassword, RandomString and RandomPet as pulumi-random 4.18 has them,
// drawn from the world's seed. Not modelled: the other types, imports, and the
// cost of bcrypt (the hash is made with the least cost).
package random
