"""AWS: EKS, CloudFormation, EC2 and what else a cluster touches, by the models of Amazon's own client."""
