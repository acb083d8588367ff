# The sample service and its migrations. The context is the root of the repository.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script here. @pulumi/* and the embedded PostgreSQL are optional peers
# and, in this repository, development dependencies: none of them comes along.
RUN npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.image.json ./
COPY migrate ./migrate
COPY service ./service
RUN npx tsc -p tsconfig.image.json

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
# Where `npm install cloud-run-migrations` puts the migration tool in the image of another service.
COPY package.json ./node_modules/cloud-run-migrations/package.json
COPY --from=build /app/dist/migrate ./node_modules/cloud-run-migrations/dist/migrate
COPY --from=build /app/dist/service ./dist/service
COPY migrations ./migrations
USER node
# Exec form: SIGTERM reaches the service, no shell is between.
CMD ["node", "dist/service/server.js"]
