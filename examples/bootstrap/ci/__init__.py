"""What the pipelines of one repository stand on in one AWS account: decisions as functions, and two components."""
